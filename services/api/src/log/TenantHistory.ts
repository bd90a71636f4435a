import { setImmediate as nextTurn } from 'node:timers/promises';
import { CairnError, type CairnEvent, decodeEventBatch, isErasedEvent, LOG_STREAM, logSubject } from '@cairn/contracts';
import type { EngineEvent } from '@cairn/engine';
import { RedactedEntries, type RedactedPlace } from '@cairn/runtime';
import { type Database, findIdentities, listUserAliases, partitionOfNobody } from '@cairn/store';
import { type Consumer, DeliverPolicy, type JetStreamClient, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { HISTORY_ENTRIES_AHEAD_MAX, HISTORY_LOOKUP_EVENTS, HISTORY_STALL_MS_MAX } from '../limits.js';

export interface HistoryChunk {
  /** In the order of the log, without duplicates. */
  events: EngineEvent[];
  /** Entries of the log that were read so far, and how many there are to read. */
  read: number;
  of: number;
}

export interface HistoryQuery {
  tenantId: string;
  tenantKey: number;
  /** Entries that came in before this instant are passed over; null for none. */
  from: number | null;
  signal: AbortSignal;
}

interface Placed {
  event: CairnEvent;
  sequence: number;
  index: number;
}

/** Reads back what a whole tenant did, over all partitions, up to where the log ended when the reading began. */
export class TenantHistory {
  readonly #database: Database;
  readonly #js: JetStreamClient;
  readonly #partitions: number;

  constructor(options: { database: Database; nats: NatsConnection; partitions: number }) {
    this.#database = options.database;
    this.#js = jetstream(options.nats);
    this.#partitions = options.partitions;
  }

  /**
   * Events that are not evaluated yet are left out: whether they are duplicates is not known. It ends early by the signal.
   * @throws CairnError `unavailable` where the log does not go on
   */
  async *read(query: HistoryQuery): AsyncGenerator<HistoryChunk, void, undefined> {
    const manager = await this.#js.jetstreamManager(false);
    const until = (await manager.streams.info(LOG_STREAM)).state.last_seq;
    const subjects = Array.from({ length: this.#partitions }, (_, partition) => logSubject(partition, query.tenantId));
    const redacted = new RedactedEntries(manager);
    await redacted.refresh();
    const rests = redacted.between(subjects, { after: 0, before: until + 1 });
    const consumer = await this.#js.consumers.get(LOG_STREAM, {
      filter_subjects: subjects,
      ...(query.from === null
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(query.from).toISOString() }),
    });
    const of = (await consumer.info()).num_pending;
    let read = 0;
    let placed: Placed[] = [];
    const userOf = await this.#users(query.tenantKey);
    const stored = of === 0 ? [] : entries(consumer, { until, signal: query.signal });
    for await (const message of withRests(stored, { redacted, rests: query.from === null || of > 0 ? rests : [], from: query.from })) {
      read = Math.min(read + 1, of);
      placed.push(...eventsOf(message));
      if (placed.length < HISTORY_LOOKUP_EVENTS) continue;
      yield { events: await this.#originals(placed, { tenantKey: query.tenantKey, userOf }), read, of };
      placed = [];
      // A log that is near comes in without ever waiting; others want to be answered as well.
      await nextTurn();
    }
    yield { events: await this.#originals(placed, { tenantKey: query.tenantKey, userOf }), read, of };
  }

  /** Whom each alias leads to: what was done under it is theirs. */
  async #users(tenantKey: number): Promise<ReadonlyMap<string, string>> {
    const rows = await listUserAliases(this.#database.pool, { tenantKey, atSequence: Number.MAX_SAFE_INTEGER });
    const users = new Map<string, string>();
    // The newest first: who was merged into somebody who was merged later goes there at once.
    for (const { alias, userId } of rows.reverse()) users.set(alias, users.get(userId) ?? userId);
    return users;
  }

  /** The first of each identity: of an event that is in the log twice, the dedup table names the place that counts. */
  async #originals(placed: readonly Placed[], of: { tenantKey: number; userOf: ReadonlyMap<string, string> }): Promise<EngineEvent[]> {
    const { tenantKey, userOf } = of;
    if (placed.length === 0) return [];
    const rows = await findIdentities(this.#database.pool, {
      tenantKey,
      eventIdHashes: placed.map(({ event }) => event.identity.eventIdHash),
      keyHashes: [],
      fingerprints: [],
    });
    // The log may still hold events of who was erased: they are not those of who goes by that name now.
    const originals = rows.filter(({ userKey }) => partitionOfNobody(userKey) === null);
    const places = new Set(originals.map(({ logSeq, logIndex }) => `${logSeq}:${logIndex}`));
    return placed
      .filter(({ sequence, index, event }) => !isErasedEvent(event) && places.has(`${sequence}:${index}`))
      .map(toEngineEvent)
      .map((event) => ({ ...event, userId: userOf.get(event.userId) ?? event.userId }));
  }
}

/** The entries up to a sequence. */
async function* entries(consumer: Consumer, { until, signal }: { until: number; signal: AbortSignal }): AsyncGenerator<JsMsg> {
  const messages = await consumer.consume({ max_messages: HISTORY_ENTRIES_AHEAD_MAX });
  const stop = (): void => messages.stop();
  signal.addEventListener('abort', stop);
  const stalled = setTimeout(stop, HISTORY_STALL_MS_MAX);
  try {
    for await (const message of messages) {
      if (signal.aborted || message.seq > until) return;
      stalled.refresh();
      yield message;
      if (message.seq === until || message.info.pending === 0) return;
    }
  } finally {
    clearTimeout(stalled);
    signal.removeEventListener('abort', stop);
    await messages.close();
  }
  if (!signal.aborted) throw new CairnError('unavailable', 'the log did not send what it holds: try again', { retryAfterSeconds: 5 });
}

/** What is left of entries of which a part was erased comes in their place; of those before the first that is wanted, nothing. */
async function* withRests(
  stored: Iterable<JsMsg> | AsyncIterable<JsMsg>,
  of: { redacted: RedactedEntries; rests: readonly RedactedPlace[]; from: number | null },
): AsyncGenerator<Pick<JsMsg, 'seq' | 'data'>> {
  let rests = of.rests;
  let isFirst = true;
  const upTo = (sequence: number) => {
    const end = rests.findIndex((rest) => rest.sequence >= sequence);
    const due = end === -1 ? rests : rests.slice(0, end);
    rests = rests.slice(due.length);
    return due;
  };
  for await (const message of stored) {
    const due = upTo(message.seq);
    if (!isFirst || of.from === null) yield* readRests(of.redacted, due);
    isFirst = false;
    yield message;
  }
  yield* readRests(of.redacted, rests);
}

async function* readRests(redacted: RedactedEntries, places: readonly RedactedPlace[]): AsyncGenerator<Pick<JsMsg, 'seq' | 'data'>> {
  for await (const { sequence, data } of redacted.read(places)) if (data.length > 0) yield { seq: sequence, data };
}

function eventsOf({ seq: sequence, data }: Pick<JsMsg, 'seq' | 'data'>): Placed[] {
  try {
    return decodeEventBatch(data).events.map((event, index) => ({ event, sequence, index }));
  } catch (error) {
    // The evaluator has put it to the dead letters, and stepped over it.
    if (error instanceof CairnError && error.code === 'undecodable_entry') return [];
    throw error;
  }
}

function toEngineEvent({ event, sequence, index }: Placed): EngineEvent {
  const { idempotencyKey: _key, identity: _identity, ...told } = event;
  return { ...told, sequence, index };
}
