import { CairnError, type ControlEntry, decodeControlEntry, encodeControlEntry, LOG_STREAM, logControlSubject } from '@cairn/contracts';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { MESSAGE_OVERHEAD_BYTES } from '../limits.js';

const WRONG_LAST_SEQUENCE: readonly number[] = [
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
];

/** Appends control entries: what is decided over HTTP takes effect at one place of the log, for all partitions alike. */
export class ControlLog {
  readonly #nats: NatsConnection;
  readonly #js: JetStreamClient;

  constructor(nats: NatsConnection) {
    this.#nats = nats;
    this.#js = jetstream(nats);
  }

  /**
   * Resolves once the entry is durable. The same `entryId` within two minutes is the same entry.
   * @throws CairnError `body_too_large`; `conflict` where `expectedLast` is not the last entry of this tenant and kind any more
   */
  async append(entry: ControlEntry, expected: { last?: number } = {}): Promise<number> {
    const bytes = encodeControlEntry(entry);
    const bytesMax = (this.#nats.info?.max_payload ?? Number.POSITIVE_INFINITY) - MESSAGE_OVERHEAD_BYTES;
    if (bytes.length > bytesMax) throw new CairnError('body_too_large', `this makes an entry of more than ${bytesMax} bytes: split it`);
    try {
      const ack = await this.#js.publish(logControlSubject(entry.tenantId, entry.body.kind), bytes, {
        msgID: entry.entryId,
        expect: expected.last === undefined ? {} : { lastSubjectSequence: expected.last },
      });
      return ack.seq;
    } catch (error) {
      if (error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code)) {
        throw new CairnError('conflict', 'another change came in at the same time: try again', { cause: error });
      }
      throw error;
    }
  }

  /** The sequence of the newest entry of a tenant and kind; 0 where there is none. */
  async lastOf(tenantId: string, kind: ControlEntry['body']['kind']): Promise<number> {
    const manager = await this.#js.jetstreamManager(false);
    const message = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: logControlSubject(tenantId, kind) });
    return message?.seq ?? 0;
  }

  /** The control entry at a place in the log; null where the log no longer holds it. */
  async entryAt(sequence: number): Promise<ControlEntry | null> {
    const manager = await this.#js.jetstreamManager(false);
    const message = await manager.streams.getMessage(LOG_STREAM, { seq: sequence });
    return message === null ? null : decodeControlEntry(message.data);
  }
}
