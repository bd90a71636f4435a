import {
  CairnError,
  decodeLetteredEvent,
  EVENTS_STREAM,
  encodeEventBatch,
  HEADER,
  isControlSubject,
  LOG_STREAM,
  logSubject,
  partitionOf,
  type Tries,
  triesHeaders,
} from '@cairn/contracts';
import { JetStreamApiError, type JetStreamClient, jetstream, type StoredMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { Letter } from './Letter.js';

/** Where a redrive puts a letter. */
export interface Redriven {
  subject: string;
  sequence: number;
}

/** What goes back through the door. */
interface Message {
  stream: string;
  subject: string;
  data: Uint8Array;
  headers: Readonly<Record<string, readonly string[]>>;
}

/** Of the server: the client has no name for it. */
const MESSAGE_EXCEEDS_MAXIMUM = 10_054;
const EVENTS_PREFIX = 'events.';
const LOG_PREFIX = 'log.';
/** Headers that the server acts on: the id has to be a fresh one, and what was expected then does not hold now. */
const OF_THE_SERVER = /^nats-/i;
const OF_A_REDRIVE: ReadonlySet<string> = new Set([HEADER.redrives, HEADER.redriveHistory]);

/** Puts what a dead letter holds back through the door that it came in by: EVENTS, or the log. */
export class Redriver {
  readonly #js: JetStreamClient;
  readonly #partitions: number;

  constructor(nats: NatsConnection, partitions: number) {
    this.#js = jetstream(nats);
    this.#partitions = partitions;
  }

  /**
   * Resolves once it is durable. The letter is left where it is. The same letter within two minutes is the same message.
   * @throws CairnError `not_redrivable`
   */
  async redrive(letter: Letter, by: string): Promise<Redriven> {
    const message = await this.#messageOf(letter);
    const { id, at, code, error, tries } = letter;
    const kept = [...tries.kept, { letter: id, at, code, error, redrivenBy: by }];
    const told = [
      { count: tries.count + 1, kept },
      // A message that has no room for all that was tried still says how often.
      { count: tries.count + 1, kept: [] },
    ];
    for (const tries of told) {
      const sequence = await this.#publish(message, { messageId: `redrive:${id}:${at}`, tries });
      if (sequence !== null) return { subject: message.subject, sequence };
    }
    throw notRedrivable('it is as large as a message can be, so there is no room to say that it was redriven');
  }

  /** Why it cannot be redriven; null where it can. */
  async refusalOf(letter: Letter): Promise<string | null> {
    try {
      await this.#messageOf(letter);
      return null;
    } catch (error) {
      if (error instanceof CairnError && error.code === 'not_redrivable') return error.message;
      throw error;
    }
  }

  async #messageOf(letter: Letter): Promise<Message> {
    const { subject, data } = letter;
    if (letter.isOfTeams)
      throw notRedrivable('the event has counted for its user, and a redrive would only be a duplicate: see the runbook');
    if (subject.startsWith(EVENTS_PREFIX)) {
      return { stream: EVENTS_STREAM, subject, data, headers: letter.originHeaders ?? (await this.#headersFromEvents(letter)) };
    }
    if (!subject.startsWith(LOG_PREFIX)) throw notRedrivable('the letter does not say where it came in');
    if (isControlSubject(subject)) await this.#assertNewest(letter);
    if (letter.originIndex === null) return { stream: LOG_STREAM, subject, data, headers: {} };
    return this.#entryOf(letter);
  }

  /** One event of an entry becomes an entry of its own. */
  #entryOf({ tenantId, data, originAdmission }: Letter): Message {
    if (tenantId === null) throw notRedrivable('the letter does not say whose event it is');
    try {
      const event = decodeLetteredEvent(data, { tenantId, admission: originAdmission });
      const subject = logSubject(partitionOf(tenantId, event.userId, this.#partitions), tenantId);
      return { stream: LOG_STREAM, subject, data: encodeEventBatch({ tenantId, events: [event] }), headers: {} };
    } catch (cause) {
      if (cause instanceof CairnError) throw notRedrivable(cause.message, cause);
      throw cause;
    }
  }

  /** What was published since would be undone by it. */
  async #assertNewest({ subject, originSequence }: Letter): Promise<void> {
    if (!subject.endsWith('.pack_published')) return;
    const manager = await this.#js.jetstreamManager(false);
    const newest = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: subject });
    if (newest === null || newest.seq <= (originSequence ?? 0)) return;
    throw notRedrivable(`packs were published since (${newest.seq} of the log): publish a corrected pack instead`);
  }

  /** The bytes left no room for them in the letter: they are with the original, as long as EVENTS keeps it. */
  async #headersFromEvents({ subject, originSequence, data }: Letter): Promise<Message['headers']> {
    const manager = await this.#js.jetstreamManager(false);
    const original = originSequence === null ? null : await manager.streams.getMessage(EVENTS_STREAM, { seq: originSequence });
    if (original === null || original.subject !== subject || !Buffer.from(original.data).equals(data)) {
      throw notRedrivable('its headers are gone: they were too large for the letter, and EVENTS does not keep the original any more');
    }
    try {
      return headersOf(original);
    } catch (cause) {
      throw notRedrivable('its headers cannot be read, so they cannot be sent again', cause);
    }
  }

  /** null where the server takes no message of that size. */
  async #publish(message: Message, of: { messageId: string; tries: Tries }): Promise<number | null> {
    try {
      const ack = await this.#js.publish(message.subject, message.data, {
        msgID: of.messageId,
        headers: headersFor(message, of.tries),
        expect: { streamName: message.stream },
      });
      return ack.seq;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === MESSAGE_EXCEEDS_MAXIMUM) return null;
      throw error;
    }
  }
}

function headersOf({ header }: StoredMsg): Record<string, string[]> {
  return Object.fromEntries(header.keys().map((name) => [name, header.values(name)]));
}

function headersFor(message: Message, tries: Tries): MsgHdrs {
  const made = headers();
  for (const [name, values] of Object.entries(message.headers)) {
    if (name === '' || OF_THE_SERVER.test(name) || OF_A_REDRIVE.has(name)) continue;
    for (const value of values) made.append(name, value);
  }
  for (const [name, value] of Object.entries(triesHeaders(tries))) made.set(name, value);
  return made;
}

function notRedrivable(why: string, cause?: unknown): CairnError {
  return new CairnError('not_redrivable', why, { cause });
}
