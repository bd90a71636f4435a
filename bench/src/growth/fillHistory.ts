import type pg from 'pg';

/** Of the rows before: busy users have most of them, as in the standard work. */
const USERS = 5_000;
const PRIMARY_KEY = 'events_tenant_key_event_id_hash_pk';
const EVENTS_AN_ENTRY = 50;

/**
 * So many rows in `events`, of the users of the standard work, at places of the log before its beginning: as if the stream had
 * been trimmed. Indexes are built afterwards, which is many times faster and leaves them as dense as they can be.
 */
export async function fillHistory(database: pg.Client, rows: number): Promise<void> {
  if (rows === 0) return;
  await database.query("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off");
  const { rows: indexes } = await database.query<{ indexname: string; indexdef: string }>(
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'events' AND schemaname = current_schema() AND indexname <> $1",
    [PRIMARY_KEY],
  );
  for (const { indexname } of indexes) await database.query(`DROP INDEX ${indexname}`);
  await database.query(`ALTER TABLE events DROP CONSTRAINT ${PRIMARY_KEY}`);
  await database.query(
    `WITH owners AS MATERIALIZED (
       SELECT tenant_key, array_agg(user_key ORDER BY user_key) AS keys FROM users WHERE kind = 0 GROUP BY tenant_key
     )
     INSERT INTO events (tenant_key, log_index, user_key, log_seq, occurred_at, event_id_hash, payload_hash, event_id, matched)
     SELECT tenant_key, n % $2::int, keys[ceil(exp(random() * ln($3::float8)))::int], (n - $1::bigint) / $2::int - 1,
            timestamptz '2024-01-01' + n * interval '2 seconds', md5('id' || n)::uuid, md5('payload' || n)::uuid, 'past-' || n,
            ARRAY[1 + (n % 20)::int, 1 + ((n / 7) % 20)::int]
       FROM owners, generate_series(0, $1::bigint - 1) AS n`,
    [rows, EVENTS_AN_ENTRY, USERS],
  );
  await database.query(`ALTER TABLE events ADD CONSTRAINT ${PRIMARY_KEY} PRIMARY KEY (tenant_key, event_id_hash)`);
  for (const { indexdef } of indexes) await database.query(indexdef);
  await database.query('RESET ALL');
}
