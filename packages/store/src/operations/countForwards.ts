import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Events that came under an alias and are on their way to the end of the log, under the id of their user. */
export async function countForwards(db: Queryable): Promise<number> {
  const [row] = await runQuery<{ count: number }>(db, {
    // Where nobody has an alias there are none, and the outbox need not be read.
    text: `SELECT CASE WHEN EXISTS (SELECT FROM user_aliases) THEN (SELECT count(*) FROM outbox WHERE subject LIKE 'log.%') ELSE 0 END AS count`,
  });
  return row?.count ?? 0;
}
