import { DEAD_LETTER_STREAM, EVENTS_STREAM } from '@cairn/contracts';
import type { Erasure } from '@cairn/store';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import { eraseMessage } from './eraseMessage.js';
import { isAboutUser } from './isAboutUser.js';
import { scanStream } from './scanStream.js';

/** The durable consumer of the NATS door. */
const DOOR_CONSUMER = 'ingest';

interface ErasingOf {
  note(erasure: Erasure): Promise<void>;
  signal: AbortSignal;
}

/** Takes somebody out of the public door and out of the dead letters: each message that is about them is deleted and overwritten. */
export class MessageEraser {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;

  constructor(ports: { js: JetStreamClient; manager: JetStreamManager }) {
    this.#js = ports.js;
    this.#manager = ports.manager;
  }

  /** Whether the door has let in, or refused, all that came up to a place: what it has not must not be taken from it. */
  async isPassed(until: number): Promise<boolean> {
    try {
      const { ack_floor: floor, num_pending, num_ack_pending } = await this.#manager.consumers.info(EVENTS_STREAM, DOOR_CONSUMER);
      return floor.stream_seq >= until || num_pending + num_ack_pending === 0;
    } catch (error) {
      // Nobody has opened it yet: what lies before it comes in when somebody does.
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return true;
      throw error;
    }
  }

  async eraseEvents(erasure: Erasure, of: ErasingOf): Promise<Erasure> {
    return this.#erase(erasure, { ...of, stream: EVENTS_STREAM, count: (at) => ({ ...at, messages: at.messages + 1 }) });
  }

  async eraseLetters(erasure: Erasure, of: ErasingOf): Promise<Erasure> {
    return this.#erase(erasure, { ...of, stream: DEAD_LETTER_STREAM, count: (at) => ({ ...at, letters: at.letters + 1 }) });
  }

  async #erase(begun: Erasure, of: ErasingOf & { stream: string; count(erasure: Erasure): Erasure }): Promise<Erasure> {
    const { stream, note, signal, count } = of;
    let erasure = begun;
    await scanStream(
      this.#js,
      { stream, after: begun.scannedSeq, until: begun.untilSeq, signal },
      {
        take: async (message) => {
          if (!isAboutUser(readable(message), begun)) return;
          await eraseMessage(this.#manager, { stream, sequence: message.seq });
          erasure = count(erasure);
        },
        reached: async (scannedSeq) => {
          erasure = { ...erasure, scannedSeq };
          await note(erasure);
        },
      },
    );
    return erasure;
  }
}

function readable({ subject, data, headers }: JsMsg): Parameters<typeof isAboutUser>[0] {
  return {
    subject,
    data,
    header: (name) => (headers?.has(name) === true ? headers.get(name) : undefined),
    headers: [...(headers ?? [])].map(([name, values]) => `${name}: ${values.join(' ')}`).join('\n'),
  };
}
