import {
  admitEvent,
  type CairnEvent,
  type ControlBody,
  encodeControlEntry,
  encodeEventBatch,
  logControlSubject,
  logSubject,
  partitionOf,
  type Unlock,
} from '@cairn/contracts';
import { connectNats, createLogger, createMetrics, ensureStreams } from '@cairn/runtime';
import { type Database, ensureTenant, migrate, openDatabase, partitionPositions } from '@cairn/store';
import { eventually, type FreshDatabase, type FreshNats, freshDatabase, freshNats } from '@cairn/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { RuleEvaluator } from '../RuleEvaluator.js';

export const PARTITIONS = 4;
const TENANT_ID = 'default';
const log = createLogger({ name: 'test', level: 'fatal', pretty: 'off' });

/** Real servers, and what stands before and behind the evaluator: entries into the log, rows and messages out. */
export class EvaluatorHarness {
  readonly #evaluators = new Set<RuleEvaluator>();
  #entries = 0;

  private constructor(
    readonly nats: NatsConnection,
    readonly database: Database,
    readonly servers: { nats: FreshNats; database: FreshDatabase },
  ) {}

  static async open(): Promise<EvaluatorHarness> {
    const database = await freshDatabase({
      key: `evaluator-${PARTITIONS}`,
      prepare: async (url) => {
        const empty = openDatabase({ url, applicationName: 'prepare', onError: fail });
        await migrate(empty.pool, { partitions: PARTITIONS });
        await ensureTenant(empty.pool, TENANT_ID);
        await empty.close();
      },
    });
    const nats = await freshNats();
    const connection = await connectNats({ url: nats.url, name: 'test', log });
    await ensureStreams(connection, { replicas: 1 });
    return new EvaluatorHarness(connection, openDatabase({ url: database.url, applicationName: 'test', onError: () => undefined }), {
      nats,
      database,
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#evaluators].map((evaluator) => evaluator.stop()));
    await this.nats.close();
    await this.database.close();
    await this.servers.database.drop();
    await this.servers.nats.drop();
  }

  async startEvaluator(owner: string): Promise<RuleEvaluator> {
    const evaluator = new RuleEvaluator({
      nats: this.nats,
      database: this.database,
      databaseUrl: this.servers.database.url,
      log,
      metrics: createMetrics({ processMetrics: false }),
      partitions: PARTITIONS,
      owner,
    });
    await evaluator.start();
    this.#evaluators.add(evaluator);
    return evaluator;
  }

  async stopEvaluator(evaluator: RuleEvaluator): Promise<void> {
    this.#evaluators.delete(evaluator);
    await evaluator.stop();
  }

  /** Writes the events of each user as ingest does: entries of one partition each. Answers the last sequence. */
  async append(events: readonly CairnEvent[]): Promise<number> {
    let last = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = events.filter((event) => partitionOf(event.tenantId, event.userId, PARTITIONS) === partition);
      if (own.length === 0) continue;
      const data = encodeEventBatch({ tenantId: TENANT_ID, events: own });
      last = await this.#publish(logSubject(partition, TENANT_ID), data);
    }
    return last;
  }

  async appendRaw(partition: number, data: Uint8Array): Promise<number> {
    return this.#publish(logSubject(partition, TENANT_ID), data);
  }

  async appendControl(body: ControlBody): Promise<number> {
    const entryId = `control-${++this.#entries}`;
    const data = encodeControlEntry({ entryId, tenantId: TENANT_ID, at: Date.UTC(2026, 5, 1), actor: 'test', body });
    return (await jetstream(this.nats).publish(logControlSubject(TENANT_ID, body.kind), data, { msgID: entryId })).seq;
  }

  async publishPack(achievements: readonly object[]): Promise<number> {
    return this.appendControl({ kind: 'pack_published', pack: 'test', contentJson: JSON.stringify({ pack: 'test', achievements }) });
  }

  /** Resolves when every partition has committed all that the log holds for it. */
  async evaluated(): Promise<void> {
    const manager = await jetstreamManager(this.nats);
    await eventually(async () => {
      const positions = await partitionPositions(this.database.pool);
      for (const { partition, lastSeq } of positions) {
        for (const subject of [`log.${partition}.>`, 'log.control.>']) {
          const last = await manager.streams.getMessage('CAIRN_LOG', { last_by_subj: subject });
          if (last !== null && last.seq > lastSeq) throw new Error(`partition ${partition} is at ${lastSeq}, before ${last.seq}`);
        }
      }
    });
  }

  /** While a server restarts, the same message is sent again. */
  async #publish(subject: string, data: Uint8Array): Promise<number> {
    const ack = await jetstream(this.nats).publish(subject, data, { msgID: `entry-${++this.#entries}`, timeout: 1_000, retries: 10 });
    return ack.seq;
  }

  async rows<T extends object>(sql: string): Promise<T[]> {
    return (await this.database.pool.query(sql)).rows as T[];
  }

  /** What went out on a subject of EVENTS, in order. */
  async published(subject: string, count: number): Promise<Unlock[]> {
    const consumer = await jetstream(this.nats).consumers.get('EVENTS', { filter_subjects: [subject] });
    const messages: Unlock[] = [];
    await eventually(async () => {
      const batch = await consumer.fetch({ max_messages: 1_000, expires: 1_000 });
      for await (const message of batch) {
        messages.push(message.json<Unlock>());
        if (message.info.pending === 0) break;
      }
      if (messages.length < count) throw new Error(`${messages.length} of ${count} messages on ${subject}`);
    });
    return messages;
  }
}

export function anEvent(fields: {
  id: string;
  user?: string;
  type?: string;
  at?: string;
  key?: string;
  properties?: Record<string, unknown>;
}): CairnEvent {
  return admitEvent(
    {
      event_id: fields.id,
      ...(fields.key === undefined ? {} : { idempotency_key: fields.key }),
      type: fields.type ?? 'build.succeeded',
      actor: { user_id: fields.user ?? 'ada' },
      occurred_at: fields.at ?? '2026-04-12T10:15:00Z',
      properties: fields.properties ?? {},
    },
    { tenantId: TENANT_ID, mayWriteTo: () => true, receivedAt: Date.UTC(2026, 5) },
  );
}

export function aCount(slug: string, threshold: number, more: object = {}): object {
  return {
    slug,
    name: slug,
    description: `Do it ${threshold} times.`,
    reason: 'We want to see it counted.',
    category: 'test',
    xp_reward: 10,
    criteria: { type: 'count', event: 'build.succeeded', threshold },
    ...more,
  };
}

function fail(error: Error): never {
  throw error;
}
