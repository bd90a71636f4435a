import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/**
 * Says that `owner` is alive and how many evaluators are. All by the database's clock.
 * Who has been silent for ten times the limit is forgotten.
 */
export async function heartbeat(db: Queryable, owner: string, ttlSeconds: number): Promise<{ evaluators: number }> {
  await runQuery(db, {
    text: `INSERT INTO evaluators (owner, heartbeat_at) VALUES ($1, now())
           ON CONFLICT (owner) DO UPDATE SET heartbeat_at = excluded.heartbeat_at`,
    values: [owner],
  });
  const [row] = await runQuery<{ evaluators: number }>(db, {
    text: `WITH forgotten AS (
             DELETE FROM evaluators WHERE heartbeat_at < now() - make_interval(secs => $1::float8 * 10)
           )
           SELECT count(*) AS evaluators FROM evaluators WHERE heartbeat_at >= now() - make_interval(secs => $1::float8)`,
    values: [ttlSeconds],
  });
  return { evaluators: row?.evaluators ?? 0 };
}
