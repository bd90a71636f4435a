import { type FreshDatabase, freshDatabase } from '@cairn/testing';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './Database.js';
import { migrate } from './migrate.js';
import * as schema from './schema/index.js';
import { TEAMS_PARTITION } from './teamsPartition.js';
import { openTestDatabase } from './testing/TestStore.js';

let fresh: FreshDatabase;
let database: Database;

beforeEach(async () => {
  fresh = await freshDatabase();
  database = openTestDatabase(fresh.url);
});

afterEach(async () => {
  await database.close();
  await fresh.drop();
});

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
  return rows.map((row) => row.name);
}

describe('migrate', () => {
  it('applies every migration once', async () => {
    const first = await migrate(database.pool, { partitions: 8 });
    expect(first.applied[0]).toBe('0000_tables');
    expect(await migrate(database.pool, { partitions: 8 })).toEqual({ applied: [] });
  });

  it('lets processes that start at once all succeed, and one of them do the work', async () => {
    const others = [openTestDatabase(fresh.url), openTestDatabase(fresh.url)];
    const results = await Promise.all([database, ...others].map(({ pool }) => migrate(pool, { partitions: 3 })));
    expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    const { rows } = await database.pool.query('SELECT partition, last_seq, epoch FROM partitions ORDER BY partition');
    expect(rows).toEqual([0, 1, 2, TEAMS_PARTITION].map((partition) => ({ partition, last_seq: 0, epoch: 0 })));
    await Promise.all(others.map((other) => other.close()));
  });

  it('leaves nothing of a migration that fails half-way, and goes through when the obstacle is gone', async () => {
    await database.pool.query('CREATE FUNCTION cairn_expect(bigint, bigint, text) RETURNS void LANGUAGE sql AS $$ $$');
    await expect(migrate(database.pool, { partitions: 8 })).rejects.toMatchObject({ name: 'StoreError', code: 'unexpected' });
    expect(await tables()).toEqual([]);
    await database.pool.query('DROP FUNCTION cairn_expect(bigint, bigint, text)');
    await migrate(database.pool, { partitions: 8 });
    expect(await tables()).toContain('events');
  });

  it('lets the loop of the teams begin where the partitions of an older installation are, and leaves it alone from then on', async () => {
    await migrate(database.pool, { partitions: 2 });
    const loopOfTeams = async () => {
      const { rows } = await database.pool.query<{ last_seq: number }>('SELECT last_seq FROM partitions WHERE partition = $1', [
        TEAMS_PARTITION,
      ]);
      return rows[0]?.last_seq;
    };
    await database.pool.query('DELETE FROM partitions WHERE partition = $1', [TEAMS_PARTITION]);
    await database.pool.query('UPDATE partitions SET last_seq = 40 + partition');
    await migrate(database.pool, { partitions: 2 });
    expect(await loopOfTeams()).toBe(40);
    await database.pool.query('UPDATE partitions SET last_seq = last_seq + 10');
    await migrate(database.pool, { partitions: 2 });
    expect(await loopOfTeams()).toBe(50);
  });

  it('refuses another number of partitions than the installation has', async () => {
    await migrate(database.pool, { partitions: 8 });
    await expect(migrate(database.pool, { partitions: 16 })).rejects.toMatchObject({ code: 'partition_count' });
  });

  it('refuses a database whose migrations are not those of this build', async () => {
    await migrate(database.pool, { partitions: 8 });
    await database.pool.query(`UPDATE cairn_migrations SET hash = 'edited' WHERE name = '0000_tables'`);
    await expect(migrate(database.pool, { partitions: 8 })).rejects.toMatchObject({ code: 'migration_changed' });
  });
});

describe('the tables as described in TypeScript', () => {
  it('are the tables as migrated: same columns, same types, same nullability', async () => {
    await migrate(database.pool, { partitions: 8 });
    const { rows } = await database.pool.query<{ column: string }>(
      `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS column
         FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relname <> 'cairn_migrations'`,
    );
    expect(rows.map((row) => row.column).sort()).toEqual(Object.values(schema).flatMap(describedColumns).sort());
  });
});

function describedColumns(table: PgTable): string[] {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const keyed = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
  return columns.map((column) => {
    const type = column.getSQLType().replace(' COLLATE "C"', '');
    return `${name}.${column.name} ${type}${column.notNull || keyed.has(column.name) ? ' not null' : ''}`;
  });
}
