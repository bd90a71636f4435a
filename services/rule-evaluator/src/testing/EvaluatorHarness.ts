import {
  type CairnEvent,
  type ControlBody,
  encodeControlEntry,
  encodeEventBatch,
  logControlSubject,
  logSubject,
  logTeamSubjects,
  partitionOf,
  type Unlock,
} from '@cairn/contracts';
import { connectNats, createLogger, createMetrics, ensureStreams } from '@cairn/runtime';
import {
  countForwards,
  type Database,
  ensureTenant,
  listRecounts,
  migrate,
  openDatabase,
  partitionPositions,
  TEAMS_PARTITION,
  tenantsWithTeams,
} from '@cairn/store';
import { eventually, type FreshDatabase, type FreshNats, freshDatabase, freshNats, testServers } from '@cairn/testing';
import { type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { RuleEvaluator } from '../RuleEvaluator.js';

export const PARTITIONS = 4;
const TENANT_ID = 'default';
/** Tests share a disk, and each sync waits its turn. */
const ANSWER_MS_MAX = 30_000;
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

  /** As new, but for the places that the partitions have reached: much faster than new servers. */
  async reset(): Promise<void> {
    await this.#stopEvaluators();
    const tables =
      'events, user_state, unlocks, xp_entries, outbox, achievement_versions, packs, tenant_settings, user_aliases, tenant_merges, tenant_copies, evaluators, recounts, erasures, audit';
    await this.rows(`TRUNCATE ${tables}`);
    await this.rows('UPDATE partitions SET owner = NULL, lease_until = NULL');
    const manager = await jetstreamManager(this.nats, { timeout: ANSWER_MS_MAX });
    for (const stream of ['EVENTS', 'CAIRN_LOG', 'CAIRN_DLQ', 'CAIRN_REDACTED']) await manager.streams.purge(stream);
    // What the log no longer holds needs not be evaluated any more.
    const { state } = await manager.streams.info('CAIRN_LOG');
    await this.rows(`UPDATE partitions SET last_seq = ${state.last_seq}`);
  }

  async close(): Promise<void> {
    await this.#stopEvaluators();
    await this.nats.close();
    await this.database.close();
    await this.servers.database.drop();
    await this.servers.nats.drop();
  }

  async #stopEvaluators(): Promise<void> {
    await Promise.all([...this.#evaluators].map((evaluator) => evaluator.stop()));
    this.#evaluators.clear();
  }

  async startEvaluator(owner: string, on: { nats?: NatsConnection } = {}): Promise<RuleEvaluator> {
    const evaluator = new RuleEvaluator({
      nats: on.nats ?? this.nats,
      database: this.database,
      databaseUrl: this.servers.database.url,
      log,
      metrics: createMetrics({ processMetrics: false }),
      partitions: PARTITIONS,
      version: 'test',
      progressProjection: 'progress',
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

  /** Writes the events of each user as ingest does: entries of one tenant and partition each. Answers the last sequence. */
  async append(events: readonly CairnEvent[]): Promise<number> {
    const entries = new Map<string, { tenantId: string; events: CairnEvent[] }>();
    for (const event of events) {
      const subject = logSubject(partitionOf(event.tenantId, event.userId, PARTITIONS), event.tenantId);
      const entry = entries.get(subject) ?? { tenantId: event.tenantId, events: [] };
      entry.events.push(event);
      entries.set(subject, entry);
    }
    let last = 0;
    for (const [subject, entry] of entries) last = await this.#publish(subject, encodeEventBatch(entry));
    return last;
  }

  async appendRaw(partition: number, data: Uint8Array, headersOf: Readonly<Record<string, string>> = {}): Promise<number> {
    const entryHeaders = headers();
    for (const [name, value] of Object.entries(headersOf)) entryHeaders.set(name, value);
    return this.#publish(logSubject(partition, TENANT_ID), data, entryHeaders);
  }

  async appendControl(body: ControlBody, tenantId = TENANT_ID): Promise<number> {
    const entryId = `control-${++this.#entries}`;
    const data = encodeControlEntry({ entryId, tenantId, at: Date.UTC(2026, 5, 1), actor: 'test', body });
    return (await jetstream(this.nats).publish(logControlSubject(tenantId, body.kind), data, { msgID: entryId, timeout: ANSWER_MS_MAX }))
      .seq;
  }

  async publishPack(achievements: readonly object[], more: { tenantId?: string; xp_rules?: readonly object[] } = {}): Promise<number> {
    const { tenantId, ...rest } = more;
    const contentJson = JSON.stringify({ pack: 'test', achievements, ...rest });
    return this.appendControl({ kind: 'pack_published', pack: 'test', contentJson }, tenantId);
  }

  /** Resolves when every partition has committed all that the log holds for it, and no recount is pending. */
  async evaluated(within: { timeoutMs?: number } = {}): Promise<void> {
    await this.followed(within);
    await eventually(async () => {
      const [pending] = await listRecounts(this.database.pool);
      if (pending !== undefined) throw new Error(`a ${pending.kind} of partition ${pending.partition} is pending`);
    }, within);
  }

  /** Resolves when every partition has committed all that the log holds for it, whatever is pending. */
  async followed(within: { timeoutMs?: number } = {}): Promise<void> {
    const manager = await jetstreamManager(this.nats, { timeout: ANSWER_MS_MAX });
    await eventually(async () => {
      const positions = await partitionPositions(this.database.pool);
      for (const { partition, lastSeq } of positions) {
        const isOfTeams = partition === TEAMS_PARTITION;
        const ofTeams = isOfTeams ? logTeamSubjects(await tenantsWithTeams(this.database.pool, { atSequence: lastSeq })) : [];
        for (const subject of isOfTeams ? ofTeams : [`log.${partition}.>`, 'log.control.>']) {
          const last = await manager.streams.getMessage('CAIRN_LOG', { last_by_subj: subject });
          if (last !== null && last.seq > lastSeq) throw new Error(`partition ${partition} is at ${lastSeq}, before ${last.seq}`);
        }
      }
    }, within);
  }

  /** Resolves when all that came for somebody else is where it counts: under an alias, or for a tenant that was merged. */
  async broughtAlong(within: { timeoutMs?: number } = {}): Promise<void> {
    await this.evaluated(within);
    await eventually(async () => {
      const forwards = await countForwards(this.database.pool);
      if (forwards > 0) throw new Error(`${forwards} events, or histories, are on their way`);
    }, within);
    await this.drained(within);
    await this.evaluated(within);
  }

  /** Resolves when all that was committed is published. */
  async drained(within: { timeoutMs?: number } = {}): Promise<void> {
    await eventually(async () => {
      const messages = await this.count('outbox');
      if (messages > 0) throw new Error(`${messages} messages are still to be published`);
    }, within);
  }

  async count(table: string): Promise<number> {
    return Number((await this.rows<{ n: string }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);
  }

  /** Ends all connections of the evaluators to the database, in whatever they are doing. Answers how many there were. */
  async cutDatabaseConnections(applicationName = 'cairn-evaluator-%'): Promise<number> {
    const cut = await this.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '${applicationName}'`,
    );
    return cut.length;
  }

  /** While it runs, the database takes no connection and has none: as far as its clients can tell, it restarts. */
  async withDatabaseClosed(work: () => Promise<void>): Promise<void> {
    const name = new URL(this.servers.database.url).pathname.slice(1);
    const outside = openDatabase({ url: testServers().databaseUrl, applicationName: 'outside', onError: fail });
    try {
      await outside.pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await outside.pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      await work();
    } finally {
      await outside.pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await outside.close();
    }
  }

  /** The dead letters of a kind, oldest first. */
  async deadLetters(code: string, count: number): Promise<{ error: string; data: string; header(name: string): string }[]> {
    const messages = await this.#messages('CAIRN_DLQ', `dlq.${code}`, count);
    const headerOf = (message: JsMsg) => (name: string) => message.headers?.get(name) ?? '';
    return messages.map((message) => ({ error: headerOf(message)('Cairn-Error'), data: message.string(), header: headerOf(message) }));
  }

  /** While a server restarts, the same message is sent again. */
  async #publish(subject: string, data: Uint8Array, entryHeaders: MsgHdrs = headers()): Promise<number> {
    const how = { msgID: `entry-${++this.#entries}`, headers: entryHeaders, timeout: 1_000, retries: 10 };
    const ack = await jetstream(this.nats).publish(subject, data, how);
    return ack.seq;
  }

  async rows<T extends object>(sql: string): Promise<T[]> {
    return (await this.database.pool.query(sql)).rows as T[];
  }

  /** What went out on a subject of EVENTS, in order. */
  async published(subject: string, count: number): Promise<Unlock[]> {
    return (await this.#messages('EVENTS', subject, count)).map((message) => message.json<Unlock>());
  }

  async #messages(stream: string, subject: string, count: number): Promise<JsMsg[]> {
    const messages: JsMsg[] = [];
    await eventually(async () => {
      // From the start each time: an ordered consumer that has answered one fetch does not tell what came after it.
      messages.length = 0;
      const consumer = await jetstream(this.nats).consumers.get(stream, { filter_subjects: [subject] });
      const { num_pending: pending } = await consumer.info();
      if (pending > 0) {
        for await (const message of await consumer.fetch({ max_messages: pending, expires: 1_000 })) messages.push(message);
      }
      if (messages.length < count) throw new Error(`${messages.length} of ${count} messages on ${subject}`);
    });
    return messages;
  }
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
