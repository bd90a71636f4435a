import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { inTransaction } from './inTransaction.js';
import { runCommand, runQuery } from './runQuery.js';
import { StoreError } from './StoreError.js';
import { TEAMS_PARTITION } from './teamsPartition.js';

/** PostgreSQL 16. */
export const SERVER_VERSION_MIN = 160_000;
/** Of the advisory lock under which migrations run: "cairn" in ASCII. */
const MIGRATION_LOCK = 0x63_61_69_72_6e;
const MIGRATIONS = new URL('../migrations/', import.meta.url);

export interface MigrateOptions {
  /** Fixed for the life of an installation: users are assigned to partitions by it. */
  partitions: number;
}

interface Migration {
  name: string;
  sql: string;
  hash: string;
}

/**
 * Brings the database to the schema of this build, in one transaction: of several processes that start at once, one migrates
 * and the others wait for it. Rejects with `server_too_old`, `migration_changed` or `partition_count`.
 */
export async function migrate(pool: pg.Pool, options: MigrateOptions): Promise<{ applied: string[] }> {
  const migrations = await readMigrations();
  return inTransaction(pool, async (client) => {
    await assertServerVersion(client);
    await runCommand(client, { text: 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0' });
    await runQuery(client, { text: 'SELECT pg_advisory_xact_lock($1)', values: [MIGRATION_LOCK] });
    const applied = await applyMissing(client, migrations);
    await ensurePartitions(client, options.partitions);
    return { applied };
  });
}

/** The journal is drizzle-kit's: it says which files there are, in order. */
async function readMigrations(): Promise<Migration[]> {
  const journal = JSON.parse(await readFile(new URL('meta/_journal.json', MIGRATIONS), 'utf8')) as { entries: { tag: string }[] };
  return Promise.all(
    journal.entries.map(async ({ tag }) => {
      const sql = await readFile(new URL(`${tag}.sql`, MIGRATIONS), 'utf8');
      return { name: tag, sql, hash: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function assertServerVersion(client: pg.ClientBase): Promise<void> {
  const [row] = await runQuery<{ version: number }>(client, { text: `SELECT current_setting('server_version_num')::int AS version` });
  if (row === undefined || row.version < SERVER_VERSION_MIN) {
    throw new StoreError('server_too_old', `PostgreSQL 16 or later is required; this server is ${row?.version ?? 'of an unknown version'}`);
  }
}

async function applyMissing(client: pg.ClientBase, migrations: readonly Migration[]): Promise<string[]> {
  await runCommand(client, {
    text: `CREATE TABLE IF NOT EXISTS cairn_migrations (
             name text COLLATE "C" PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  });
  const rows = await runQuery<{ name: string; hash: string }>(client, { text: 'SELECT name, hash FROM cairn_migrations' });
  const known = new Map(rows.map((row) => [row.name, row.hash]));
  const applied: string[] = [];
  for (const migration of migrations) {
    const hash = known.get(migration.name);
    if (hash === undefined) {
      await apply(client, migration);
      applied.push(migration.name);
    } else if (hash !== migration.hash) {
      throw new StoreError('migration_changed', `migration ${migration.name} was applied in another form; a migration is never edited`);
    }
  }
  return applied;
}

async function apply(client: pg.ClientBase, migration: Migration): Promise<void> {
  await runCommand(client, { text: migration.sql });
  await runCommand(client, { text: 'INSERT INTO cairn_migrations (name, hash) VALUES ($1, $2)', values: [migration.name, migration.hash] });
}

async function ensurePartitions(client: pg.ClientBase, wanted: number): Promise<void> {
  // Before it there were no achievements of teams: where it is new to an installation, it begins where the partitions are.
  await runCommand(client, {
    text: 'INSERT INTO partitions (partition, last_seq) SELECT $1, coalesce(min(last_seq), 0) FROM partitions ON CONFLICT DO NOTHING',
    values: [TEAMS_PARTITION],
  });
  const [row] = await runQuery<{ count: number }>(client, {
    text: 'SELECT count(*) FROM partitions WHERE partition <> $1',
    values: [TEAMS_PARTITION],
  });
  const count = row?.count ?? 0;
  if (count === wanted) return;
  if (count > 0) {
    throw new StoreError('partition_count', `this installation has ${count} partitions, not ${wanted}: the number cannot be changed`);
  }
  await runCommand(client, {
    text: 'INSERT INTO partitions (partition) SELECT generate_series(0, $1::int - 1)',
    values: [wanted],
  });
}
