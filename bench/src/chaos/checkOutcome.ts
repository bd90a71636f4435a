import type pg from 'pg';
import type { Expected } from './generateHistory.js';

export interface Check {
  name: string;
  expected: number;
  found: number;
  /** The first few differences. */
  differences: string[];
}

const DIFFERENCES_SHOWN_MAX = 5;

/** Compares what the database holds, and what went out over NATS, with what was computed from the list of events. */
export async function checkOutcome(database: pg.Client, expected: Expected, published: ReadonlyMap<string, number>): Promise<Check[]> {
  return [
    await checkEvents(database, expected),
    await checkUnlocks(database, expected),
    await checkLedger(database, expected),
    await checkPublished(database, published),
    await checkOutbox(database),
  ];
}

async function checkEvents(database: pg.Client, expected: Expected): Promise<Check> {
  const { rows } = await database.query<{ events: string; different: string }>(
    'SELECT count(*) AS events, count(DISTINCT event_id) AS different FROM events',
  );
  const differences = rows[0]?.events === rows[0]?.different ? [] : ['an event was counted twice'];
  return { name: 'events counted once', expected: expected.events, found: Number(rows[0]?.events), differences };
}

async function checkUnlocks(database: pg.Client, expected: Expected): Promise<Check> {
  const { rows } = await database.query<{ key: string }>(
    `SELECT u.user_id || '|' || k.slug || '|' || k.level || '|' || k.period AS key
       FROM unlocks AS k JOIN users AS u ON u.tenant_key = k.tenant_key AND u.user_key = k.user_key`,
  );
  const found = new Set(rows.map(({ key }) => key));
  const missing = [...expected.unlocks.keys()].filter((key) => !found.has(key)).map((key) => `missing ${key}`);
  const extra = [...found].filter((key) => !expected.unlocks.has(key)).map((key) => `unexpected ${key}`);
  return {
    name: 'unlocks, each once',
    expected: expected.unlocks.size,
    found: rows.length,
    differences: [...missing, ...extra].slice(0, DIFFERENCES_SHOWN_MAX),
  };
}

async function checkLedger(database: pg.Client, expected: Expected): Promise<Check> {
  const { rows } = await database.query<{ user_id: string; total: string; rewards: string }>(
    `SELECT u.user_id, coalesce((SELECT sum(amount) FROM xp_entries x WHERE x.tenant_key = u.tenant_key AND x.user_key = u.user_key), 0) AS total,
            coalesce((SELECT sum(xp_reward) FROM unlocks k WHERE k.tenant_key = u.tenant_key AND k.user_key = u.user_key), 0) AS rewards
       FROM users AS u`,
  );
  const due = new Map<string, number>();
  for (const [key, reward] of expected.unlocks) {
    const user = key.split('|')[0] ?? '';
    due.set(user, (due.get(user) ?? 0) + reward);
  }
  const differences = rows
    .filter((row) => Number(row.total) !== (due.get(row.user_id) ?? 0) || row.total !== row.rewards)
    .map((row) => `${row.user_id}: ledger ${row.total}, rewards ${row.rewards}, due ${due.get(row.user_id) ?? 0}`);
  return {
    name: 'Σ XP ledger = Σ rewards',
    expected: [...expected.unlocks.values()].reduce((sum, reward) => sum + reward, 0),
    found: rows.reduce((sum, row) => sum + Number(row.total), 0),
    differences: differences.slice(0, DIFFERENCES_SHOWN_MAX),
  };
}

async function checkPublished(database: pg.Client, published: ReadonlyMap<string, number>): Promise<Check> {
  const { rows } = await database.query<{ unlock_id: string }>('SELECT unlock_id FROM unlocks');
  const missing = rows.filter(({ unlock_id }) => !published.has(unlock_id)).map(({ unlock_id }) => `never published: ${unlock_id}`);
  return { name: 'unlocks published', expected: rows.length, found: published.size, differences: missing.slice(0, DIFFERENCES_SHOWN_MAX) };
}

async function checkOutbox(database: pg.Client): Promise<Check> {
  const { rows } = await database.query<{ left: string }>('SELECT count(*) AS left FROM outbox');
  return { name: 'outbox left', expected: 0, found: Number(rows[0]?.left), differences: [] };
}
