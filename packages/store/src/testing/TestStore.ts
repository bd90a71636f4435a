import type pg from 'pg';
import { type Database, openDatabase } from '../Database.js';
import { migrate } from '../migrate.js';
import { openPipeline } from '../openPipeline.js';
import { acquirePartitions } from '../operations/acquirePartitions.js';
import { ensureTenant } from '../operations/ensureTenant.js';
import { loadUsers } from '../operations/loadUsers.js';

const TEST_PARTITIONS = 4;

/** What `freshDatabase` is to hold: the schema of this build. */
export const migratedDatabase = {
  key: 'store',
  prepare: async (url: string): Promise<void> => {
    const database = openTestDatabase(url);
    await migrate(database.pool, { partitions: TEST_PARTITIONS });
    await database.close();
  },
};

export function openTestDatabase(url: string): Database {
  return openDatabase({ url, applicationName: 'store-test', onError: failTheRun });
}

/** Forgets all that tests have written; faster by far than a fresh database for each of them. */
export async function emptyTables(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('partitions', 'cairn_migrations')`,
  );
  const statements = rows.map(({ name }) => `DELETE FROM ${name}`);
  await pool.query([...statements, 'UPDATE partitions SET last_seq = 0, epoch = 0, owner = NULL, lease_until = NULL'].join('; '));
}

/** A connection that is lost in a test that does not mean to lose it. */
function failTheRun(error: Error): never {
  throw error;
}

interface OpenStore {
  url: string;
  database: Database;
  tenantKey: number;
  ada: number;
  ben: number;
}

/** Nothing but one tenant, two users and all partitions owned at epoch 1: what most tests start from. */
export class TestStore {
  #pipelines: pg.Client[] = [];
  #opened: OpenStore | null = null;

  /** Empties the database at `url`. */
  async open(url: string): Promise<void> {
    const database = openTestDatabase(url);
    await emptyTables(database.pool);
    const { tenantKey } = await ensureTenant(database.pool, 'default');
    const [ada, ben] = await loadUsers(database.pool, { tenantKey, userIds: ['ada', 'ben'] });
    if (ada === undefined || ben === undefined) throw new Error('users are loaded in the order asked for');
    await acquirePartitions(database.pool, { owner: 'test', want: TEST_PARTITIONS, leaseSeconds: 3600 });
    this.#opened = { url, database, tenantKey, ada: ada.userKey, ben: ben.userKey };
  }

  get url(): string {
    return this.#open.url;
  }

  get pool(): pg.Pool {
    return this.#open.database.pool;
  }

  get tenantKey(): number {
    return this.#open.tenantKey;
  }

  get ada(): number {
    return this.#open.ada;
  }

  get ben(): number {
    return this.#open.ben;
  }

  async pipeline(onError: (error: Error) => void = failTheRun): Promise<pg.Client> {
    const pipeline = await openPipeline({ url: this.url, applicationName: 'store-test', onError });
    this.#pipelines.push(pipeline);
    return pipeline;
  }

  async count(table: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`);
    return rows[0]?.count ?? Number.NaN;
  }

  /** Until some statement in this database waits for a lock. */
  async waitForLock(): Promise<void> {
    const waiting = `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await this.count(waiting)) === 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#pipelines.map((pipeline) => pipeline.end()));
    this.#pipelines = [];
    await this.#open.database.close();
    this.#opened = null;
  }

  get #open(): OpenStore {
    if (this.#opened === null) throw new Error('the store is open only while tests run');
    return this.#opened;
  }
}
