import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_TENANT_ID, PARTITIONS_DEFAULT } from '@cairn/contracts';
import { type PostgresServer, startPostgres } from '@cairn/embedded';
import {
  acquirePartitions,
  commitBatch,
  type Database,
  type EvaluationBatch,
  ensureTenant,
  loadUsers,
  migrate,
  openDatabase,
  openPipeline,
} from '@cairn/store';
import { publishPacks } from '../engine/publishPacks.js';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { stopOnSignal } from '../harness/stopOnSignal.js';
import { withProcessor } from '../harness/withProcessor.js';
import { STANDARD_DUPLICATES, STANDARD_EVENTS, STANDARD_USERS, standardSubmissions } from '../pipeline/standardSubmissions.js';
import { recordBatches } from './recordBatches.js';

const ACHIEVEMENTS = 20;
const EVENTS_AN_ENTRY = 50;
/** As many as the evaluator puts into one at most. */
const EVENTS_A_BATCH = 2_000;
/** Batches on their way on each connection. */
const BATCHES_DEEP = 2;
const CONNECTIONS = [1, 2, PARTITIONS_DEFAULT];
const LEASE_SECONDS = 3_600;
const WRITTEN = 'events, user_state, unlocks, xp_entries, outbox';

/**
 * The evaluator's transaction with everything that it would commit prepared before, over one connection, two, and one for each
 * partition; without a part in its name the fastest of them.
 */
export function transactionLimit(): Benchmark {
  let limit: TransactionLimit | undefined;
  return {
    name: 'limits/transaction',
    unit: 'events/s',
    settings: {
      events: STANDARD_EVENTS,
      users: STANDARD_USERS,
      achievements: ACHIEVEMENTS,
      duplicates: STANDARD_DUPLICATES,
      events_a_batch: EVENTS_A_BATCH,
      batches_deep: BATCHES_DEEP,
      synchronous_commit: 'on',
    },
    events: STANDARD_EVENTS * CONNECTIONS.length,
    prepare: async () => {
      limit = await TransactionLimit.prepare();
      return () => measure(limit);
    },
    finish: async () => {
      await limit?.stop();
    },
  };
}

async function measure(limit: TransactionLimit | undefined): Promise<Measured> {
  if (limit === undefined) throw new Error('it was not prepared');
  const rates: Record<string, number> = {};
  const processor: Record<string, number> = {};
  for (const connections of CONNECTIONS) {
    const run = await limit.run(connections);
    rates[`connections-${String(connections)}`] = STANDARD_EVENTS / run.seconds;
    for (const [kind, used] of Object.entries(run.processor)) processor[kind] = (processor[kind] ?? 0) + used;
  }
  return { value: { '': Math.max(...Object.values(rates)), ...rates }, processor };
}

type Pipeline = Awaited<ReturnType<typeof openPipeline>>;

class TransactionLimit {
  readonly #stopped = stopOnSignal(() => this.stop());

  private constructor(
    private readonly servers: { postgres: PostgresServer; database: Database; dataDir: string },
    private readonly batches: ReadonlyMap<number, readonly EvaluationBatch[]>,
  ) {}

  static async prepare(): Promise<TransactionLimit> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
    const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), log: () => undefined });
    const database = openDatabase({ url: postgres.url, applicationName: 'bench', onError: fail });
    const { pool } = database;
    await migrate(pool, { partitions: PARTITIONS_DEFAULT });
    const { tenantKey } = await ensureTenant(pool, DEFAULT_TENANT_ID);
    const { submissions } = standardSubmissions();
    const userIds = [...new Set(submissions.map(({ actor }) => actor.user_id))];
    const users = await loadUsers(pool, { tenantKey, userIds });
    const owned = await acquirePartitions(pool, { owner: 'bench', want: PARTITIONS_DEFAULT, leaseSeconds: LEASE_SECONDS });
    const batches = recordBatches(submissions, {
      catalogue: publishPacks(standardPacks(ACHIEVEMENTS)),
      tenantKey,
      userKeys: new Map(users.map(({ userId, userKey }) => [userId, userKey])),
      epochs: new Map(owned.map(({ partition, epoch }) => [partition, epoch])),
      eventsAnEntry: EVENTS_AN_ENTRY,
      eventsABatch: EVENTS_A_BATCH,
    });
    return new TransactionLimit({ postgres, database, dataDir }, batches);
  }

  /** Into empty tables, each partition in its order. */
  async run(connections: number): Promise<{ seconds: number; processor: Record<string, number> }> {
    const { postgres, database } = this.servers;
    await database.pool.query(`TRUNCATE ${WRITTEN}; UPDATE partitions SET last_seq = 0`);
    await database.pool.query('CHECKPOINT');
    const pipelines = await Promise.all(
      Array.from({ length: connections }, () => openPipeline({ url: postgres.url, applicationName: 'bench', onError: fail })),
    );
    const shares = pipelines.map((pipeline, i) => ({ pipeline, batches: this.#shareOf(i, connections) }));
    const run = await withProcessor(async () => {
      await Promise.all(shares.map(commitAll));
    });
    await Promise.all(pipelines.map((pipeline) => pipeline.end()));
    return run;
  }

  async stop(): Promise<void> {
    this.#stopped();
    const { postgres, database, dataDir } = this.servers;
    await database.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }

  /** The batches of some of the partitions, in turns. */
  #shareOf(connection: number, connections: number): EvaluationBatch[] {
    const mine = [...this.batches].filter(([partition]) => partition % connections === connection).map(([, batches]) => batches);
    const longest = Math.max(0, ...mine.map((batches) => batches.length));
    return Array.from({ length: longest }, (_, n) => mine.flatMap((batches) => batches[n] ?? [])).flat();
  }
}

async function commitAll({ pipeline, batches }: { pipeline: Pipeline; batches: readonly EvaluationBatch[] }): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  for (const batch of batches) {
    underWay.push(commitBatch(pipeline, batch));
    if (underWay.length >= BATCHES_DEEP) await underWay.shift();
  }
  await Promise.all(underWay);
}

function fail(error: Error): never {
  throw error;
}
