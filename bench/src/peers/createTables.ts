import pg from 'pg';

/** What every peer writes. Those that recount by SQL need the events with all they hold, and an index to find them by. */
export async function createTables(databaseUrl: string): Promise<void> {
  await query(
    databaseUrl,
    `DROP TABLE IF EXISTS peer_events, peer_states, peer_unlocks, peer_xp;
     CREATE TABLE peer_events (
       event_id text PRIMARY KEY, user_id text NOT NULL, type text NOT NULL, occurred_at timestamptz NOT NULL, properties jsonb);
     CREATE TABLE peer_states (user_id text PRIMARY KEY, state bytea NOT NULL) WITH (fillfactor = 50);
     CREATE TABLE peer_unlocks (user_id text, slug text, level text, period text, unlocked_at timestamptz DEFAULT now(),
       PRIMARY KEY (user_id, slug, level, period));
     CREATE TABLE peer_xp (user_id text, entry_key text, amount bigint NOT NULL, PRIMARY KEY (user_id, entry_key));`,
  );
}

/** With the index that a recount by SQL needs. */
export async function indexEvents(databaseUrl: string): Promise<void> {
  await query(databaseUrl, 'CREATE INDEX ON peer_events (user_id, type)');
}

/** `user|slug|level|period` of all that was unlocked. */
export async function foundUnlocks(databaseUrl: string): Promise<Set<string>> {
  const rows = await query(databaseUrl, `SELECT concat_ws('|', user_id, slug, level, period) AS key FROM peer_unlocks`);
  return new Set(rows.map(({ key }) => String(key)));
}

async function query(databaseUrl: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
