import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface LivingEvaluators {
  /** How many were heard of within the limit, the owner as a rule among them. */
  evaluators: number;
  /** How many of them come before the owner by name: a place in the order that each of them sees. */
  before: number;
}

/**
 * Says that `owner` is alive, and answers among how many evaluators it is. All by the database's clock.
 * Who has been silent for ten times the limit is forgotten.
 */
export async function heartbeat(db: Queryable, owner: string, ttlSeconds: number): Promise<LivingEvaluators> {
  await runQuery(db, {
    text: `INSERT INTO evaluators (owner, heartbeat_at) VALUES ($1, now())
           ON CONFLICT (owner) DO UPDATE SET heartbeat_at = excluded.heartbeat_at`,
    values: [owner],
  });
  const [row] = await runQuery<LivingEvaluators>(db, {
    text: `WITH forgotten AS (
             DELETE FROM evaluators WHERE heartbeat_at < now() - make_interval(secs => $2::float8 * 10)
           )
           SELECT count(*) AS evaluators, count(*) FILTER (WHERE owner < $1) AS before
             FROM evaluators WHERE heartbeat_at >= now() - make_interval(secs => $2::float8)`,
    values: [owner, ttlSeconds],
  });
  if (row === undefined) throw new Error('a count has no row');
  return row;
}
