import { LOG_CONTROL_SUBJECTS, LOG_STREAM, logPartitionSubjects, logSubject } from '@cairn/contracts';
import { AckPolicy, DeliverPolicy, type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { ENTRIES_AHEAD_MAX } from '../limits.js';
import type { EvaluationLog, LogReader, RawEntry } from './EvaluationLog.js';
import { JetStreamReader, removeStaleConsumers } from './JetStreamReader.js';

const ACK_WAIT_MS = 60_000;
/** A consumer that nobody reads goes away by itself. */
const CONSUMER_INACTIVE_MS = 60 * 60_000;
const HISTORY_ENTRIES_AHEAD = 200;

/** CAIRN_LOG over JetStream. */
export class JetStreamLog implements EvaluationLog {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #readers = new Set<JetStreamReader>();
  /** Resolved while connected: a request sent before the server is back would only run into its timeout. */
  #connected: Promise<void> = Promise.resolve();
  #reconnected: (() => void) | undefined;

  private constructor(js: JetStreamClient, manager: JetStreamManager) {
    this.#js = js;
    this.#manager = manager;
  }

  static async connect(nats: NatsConnection): Promise<JetStreamLog> {
    const log = new JetStreamLog(jetstream(nats), await jetstreamManager(nats));
    void log.#watch(nats);
    return log;
  }

  async open({ partition, epoch, after }: { partition: number; epoch: number; after: number }): Promise<LogReader> {
    await this.#connected;
    const prefix = `rule-evaluator-${partition}-`;
    const name = `${prefix}${epoch}`;
    await removeStaleConsumers(this.#manager, prefix, '');
    await this.#manager.consumers.add(LOG_STREAM, {
      durable_name: name,
      description: `partition ${partition}; its position is kept in PostgreSQL, acknowledgements are hints`,
      filter_subjects: [logPartitionSubjects(partition), LOG_CONTROL_SUBJECTS],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
      ack_policy: AckPolicy.All,
      ack_wait: nanos(ACK_WAIT_MS),
      max_ack_pending: ENTRIES_AHEAD_MAX,
      inactive_threshold: nanos(CONSUMER_INACTIVE_MS),
    });
    const reader = new JetStreamReader(name, after);
    this.#readers.add(reader);
    await reader.start(this.#js);
    return {
      ready: () => reader.ready(),
      shift: () => reader.shift(),
      acknowledge: (sequence) => {
        reader.acknowledge(sequence);
      },
      close: async () => {
        this.#readers.delete(reader);
        await reader.close();
      },
    };
  }

  async *history({ partition, tenantId, before }: { partition: number; tenantId: string; before: number }): AsyncIterable<RawEntry> {
    const consumer = await this.#js.consumers.get(LOG_STREAM, {
      filter_subjects: [logSubject(partition, tenantId)],
      deliver_policy: DeliverPolicy.All,
    });
    const info = await consumer.info();
    if (info.num_pending === 0) return;
    const messages = await consumer.consume({ max_messages: HISTORY_ENTRIES_AHEAD });
    try {
      for await (const message of messages) {
        if (message.seq >= before) return;
        yield { sequence: message.seq, subject: message.subject, data: message.data };
        if (message.info.pending === 0) return;
      }
    } finally {
      await messages.close();
    }
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
    for (const reader of this.#readers) reader.break('the connection to NATS was lost');
    this.#readers.clear();
  }
}
