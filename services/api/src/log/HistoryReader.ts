import { type CairnEvent, decodeEventBatch, LOG_STREAM, logSubject, REDACTED_STREAM, redactedSubject } from '@cairn/contracts';
import type { EngineEvent } from '@cairn/engine';
import { type Database, type EventRef, userEventRefs } from '@cairn/store';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EXPLAIN_READS_IN_FLIGHT_MAX } from '../limits.js';

export interface UserHistory {
  /** In the order of the log, without duplicates. */
  events: EngineEvent[];
  /** Older events exist and were left out. */
  isTruncated: boolean;
  /** Events whose entries the log no longer holds. */
  missing: number;
}

/** Reads back what a user did: the dedup table says where the originals stand, the log holds them. */
export class HistoryReader {
  readonly #database: Database;
  readonly #js: JetStreamClient;

  constructor(database: Database, nats: NatsConnection) {
    this.#database = database;
    this.#js = jetstream(nats);
  }

  /** The newest `eventsMax` events; of those up to an event, and with it, where `upTo` is given. */
  async read(user: { tenantKey: number; userId: string; upTo?: EventRef }, eventsMax: number): Promise<UserHistory> {
    const { tenantKey, userId, upTo } = user;
    const before = upTo === undefined ? {} : { after: { logSeq: upTo.logSeq, logIndex: upTo.logIndex + 1 } };
    const newest = await userEventRefs(this.#database.pool, { tenantKey, userId, limit: eventsMax + 1, ...before });
    const refs = newest.slice(0, eventsMax).reverse();
    const entries = await this.#readEntries([...new Set(refs.map(({ logSeq }) => logSeq))]);
    const events = refs.map((ref) => eventAt(entries, ref)).filter((event) => event !== null);
    return { events, isTruncated: newest.length > eventsMax, missing: refs.length - events.length };
  }

  async #readEntries(sequences: readonly number[]): Promise<Map<number, CairnEvent[]>> {
    const entries = new Map<number, CairnEvent[]>();
    const left = sequences.values();
    const readOn = async (): Promise<void> => {
      for (const sequence of left) {
        const data = await this.#readEntry(sequence);
        if (data !== null) entries.set(sequence, decodeEventBatch(data).events);
      }
    };
    await Promise.all(Array.from({ length: EXPLAIN_READS_IN_FLIGHT_MAX }, readOn));
    return entries;
  }

  /** From any replica; from the leader where that one does not have it (yet). */
  async #readEntry(sequence: number): Promise<Uint8Array | null> {
    const manager = await this.#js.jetstreamManager(false);
    const message =
      (await manager.direct.getMessage(LOG_STREAM, { seq: sequence })) ?? (await manager.streams.getMessage(LOG_STREAM, { seq: sequence }));
    return message?.data ?? (await this.#readRest(sequence));
  }

  /** What is left of an entry of which a part was erased. */
  async #readRest(sequence: number): Promise<Uint8Array | null> {
    const manager = await this.#js.jetstreamManager(false);
    const rest = await manager.streams.getMessage(REDACTED_STREAM, { last_by_subj: redactedSubject(logSubject('*', '*'), sequence) });
    return rest === null || rest.data.length === 0 ? null : rest.data;
  }
}

function eventAt(entries: ReadonlyMap<number, readonly CairnEvent[]>, ref: EventRef): EngineEvent | null {
  const event = entries.get(ref.logSeq)?.[ref.logIndex];
  if (event === undefined) return null;
  const { idempotencyKey: _key, identity: _identity, ...told } = event;
  return { ...told, sequence: ref.logSeq, index: ref.logIndex };
}
