import { LOG_CONTROL_SUBJECTS, LOG_STREAM, logPartitionSubjects } from '@cairn/contracts';
import { TEAMS_PARTITION } from '@cairn/store';
import { AckPolicy, DeliverPolicy, type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { ANSWER_MS_MAX, ENTRIES_AHEAD_MAX } from '../limits.js';
import type { ReplaySource } from '../replay/ReplaySource.js';
import { type HistoryOf, LogBehind, type LogReader, type RawEntry, ReaderBroken, type ReadFrom } from './EvaluationLog.js';
import { historySubjects } from './historySubjects.js';
import { JetStreamReader } from './JetStreamReader.js';

const ACK_WAIT_MS = 60_000;
/** A consumer that nobody reads goes away by itself. */
const CONSUMER_INACTIVE_MS = 60 * 60_000;
const HISTORY_ENTRIES_AHEAD = 200;

/** CAIRN_LOG over JetStream. */
export class JetStreamLog implements ReplaySource {
  readonly name = LOG_STREAM;
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  /** What the names of its consumers begin with. */
  readonly #consumers: string;
  /** What ends a reader or a history at once. */
  readonly #breakers = new Set<(why: string) => void>();
  /** Resolved while connected: a request sent before the server is back would only run into its timeout. */
  #connected: Promise<void> = Promise.resolve();
  #reconnected: (() => void) | undefined;

  private constructor(js: JetStreamClient, of: { manager: JetStreamManager; consumers: string }) {
    this.#js = js;
    this.#manager = of.manager;
    this.#consumers = of.consumers;
  }

  static async connect(nats: NatsConnection, { consumers = 'rule-evaluator' } = {}): Promise<JetStreamLog> {
    const timeout = ANSWER_MS_MAX;
    const log = new JetStreamLog(jetstream(nats, { timeout }), { manager: await jetstreamManager(nats, { timeout }), consumers });
    void log.#watch(nats);
    return log;
  }

  async open(from: ReadFrom): Promise<LogReader> {
    const { partition, after, signal } = from;
    const { state } = await this.ask(() => this.#manager.streams.info(LOG_STREAM), signal);
    if (state.last_seq < after) throw new LogBehind({ partition, lastSequence: state.last_seq, position: after });
    const reader = new JetStreamReader(await this.ask(() => this.#makeConsumer(from), signal), after);
    const breaker = (why: string) => {
      reader.break(why);
    };
    this.#breakers.add(breaker);
    const close = async () => {
      this.#breakers.delete(breaker);
      await reader.close();
    };
    try {
      await reader.start(this.#js);
    } catch (error) {
      await close();
      throw error;
    }
    return {
      ready: () => reader.ready(),
      shift: () => reader.shift(),
      acknowledge: (sequence) => {
        reader.acknowledge(sequence);
      },
      close,
    };
  }

  history(of: HistoryOf): AsyncIterable<RawEntry> {
    return this.stretch({ subjects: historySubjects(of), after: of.after ?? 0, before: of.before, signal: of.signal });
  }

  /** Entries between two places on some subjects, in order. It ends, or throws, as `history` does. */
  async *stretch({ subjects, ...of }: { subjects: string[]; after: number; before: number; signal: AbortSignal }): AsyncIterable<RawEntry> {
    let { after } = of;
    do {
      for await (const entry of this.#replay(subjects, { ...of, after })) {
        yield entry;
        after = entry.sequence;
      }
      // A consumer on a replica knows of no more than the replica does; the leader has the last word.
    } while (await this.holdsAny(subjects, { ...of, after }));
  }

  /** What one consumer has to say. */
  async *#replay(subjects: string[], of: { after: number; before: number; signal: AbortSignal }): AsyncIterable<RawEntry> {
    const from = { filter_subjects: subjects, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: of.after + 1 };
    const consumer = await this.ask(() => this.#js.consumers.get(LOG_STREAM, from), of.signal);
    if ((await this.ask(() => consumer.info(), of.signal)).num_pending === 0) return;
    const messages = await consumer.consume({ max_messages: HISTORY_ENTRIES_AHEAD });
    let broken = 'it ended before its end';
    const breaker = (why: string) => {
      broken = why;
      void messages.close();
    };
    const stop = () => {
      breaker('the partition stops');
    };
    this.#breakers.add(breaker);
    of.signal.addEventListener('abort', stop);
    try {
      for await (const message of messages) {
        if (of.signal.aborted) break;
        if (message.seq >= of.before) return;
        yield { sequence: message.seq, subject: message.subject, data: message.data };
        if (message.info.pending === 0) return;
      }
    } finally {
      of.signal.removeEventListener('abort', stop);
      this.#breakers.delete(breaker);
      await messages.close();
    }
    throw new ReaderBroken(broken);
  }

  async extent(): Promise<{ first: number; last: number }> {
    const { state } = await this.#manager.streams.info(LOG_STREAM);
    return { first: state.first_seq, last: state.last_seq };
  }

  /** Whoever reads next need not wait for its consumers to go away by themselves. */
  async close(): Promise<void> {
    for await (const { name } of this.#manager.consumers.list(LOG_STREAM))
      if (name.startsWith(`${this.#consumers}-`)) await this.#manager.consumers.delete(LOG_STREAM, name);
  }

  async holdsAny(subjects: readonly string[], of: { after: number; before: number; signal: AbortSignal }): Promise<boolean> {
    for (const subject of subjects) {
      // The client's types do not know this form of the request; the server does since 2.9.
      const nextOf = { seq: of.after + 1, next_by_subj: subject };
      const next = await this.ask(() => this.#manager.streams.getMessage(LOG_STREAM, nextOf), of.signal);
      if (next !== null && next.seq < of.before) return true;
    }
    return false;
  }

  async #makeConsumer({ partition, epoch, after, subjects }: ReadFrom): Promise<string> {
    const what = partition === TEAMS_PARTITION ? 'teams' : String(partition);
    const prefix = `${this.#consumers}-${what}-`;
    await this.#removeStaleConsumers(prefix, epoch);
    const { name } = await this.#manager.consumers.add(LOG_STREAM, {
      durable_name: `${prefix}${epoch}`,
      description: `${partition === TEAMS_PARTITION ? 'the teams' : `partition ${partition}`}; its position is kept in PostgreSQL, acknowledgements are hints`,
      filter_subjects: [...(subjects ?? [logPartitionSubjects(partition), LOG_CONTROL_SUBJECTS])],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
      ack_policy: AckPolicy.All,
      ack_wait: nanos(ACK_WAIT_MS),
      max_ack_pending: ENTRIES_AHEAD_MAX,
      inactive_threshold: nanos(CONSUMER_INACTIVE_MS),
      // What it knows is a hint: a server that comes back without it is asked for a new one, and none of it is written and synced meanwhile.
      mem_storage: true,
    });
    return name;
  }

  /** Of this epoch and those before it. One of a later epoch belongs to the next owner, whom we have just not heard of yet. */
  async #removeStaleConsumers(prefix: string, epoch: number): Promise<void> {
    for await (const { name } of this.#manager.consumers.list(LOG_STREAM)) {
      if (name.startsWith(prefix) && Number(name.slice(prefix.length)) <= epoch) await this.#manager.consumers.delete(LOG_STREAM, name);
    }
  }

  /**
   * The answer to a request. It is sent while connected, and waited for as long as the connection lasts: who is gone answers no more.
   * @throws ReaderBroken when the signal or the end of the connection came first
   */
  async ask<T>(request: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#connection(signal);
    let breaker: (why: string) => void = () => undefined;
    const broken = new Promise<never>((_, reject) => {
      breaker = (why) => {
        reject(new ReaderBroken(why));
      };
    });
    const stop = () => {
      breaker('the partition stops');
    };
    this.#breakers.add(breaker);
    signal.addEventListener('abort', stop);
    try {
      return await Promise.race([request(), broken]);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#breakers.delete(breaker);
    }
  }

  /** Resolves while connected. @throws ReaderBroken when the signal came first. */
  async #connection(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) {
      await new Promise<void>((resolve) => {
        const proceed = () => {
          signal.removeEventListener('abort', proceed);
          resolve();
        };
        signal.addEventListener('abort', proceed);
        void this.#connected.then(proceed);
      });
    }
    if (signal.aborted) throw new ReaderBroken('the partition stops');
  }

  /** What was on its way when the connection broke may be lost, and would come again only after the ack wait: start over instead. */
  async #watch(nats: NatsConnection): Promise<void> {
    for await (const status of nats.status()) {
      if (status.type === 'disconnect') this.#disconnected();
      if (status.type === 'reconnect') {
        this.#disconnected();
        this.#reconnected?.();
        this.#reconnected = undefined;
      }
    }
    // Closed for good: whoever waits shall see the error of a closed connection.
    this.#reconnected?.();
  }

  #disconnected(): void {
    if (this.#reconnected === undefined) {
      this.#connected = new Promise((resolve) => {
        this.#reconnected = resolve;
      });
    }
    for (const breaker of this.#breakers) breaker('the connection to NATS was lost');
    this.#breakers.clear();
  }
}
