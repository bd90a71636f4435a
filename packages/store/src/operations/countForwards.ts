import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/**
 * Events that came under an alias, or for a tenant that was merged, and are on their way to the end of the log, as those of whom they are now;
 * and one for each merged tenant of whose history there is more to come.
 */
export async function countForwards(db: Queryable): Promise<number> {
  const [row] = await runQuery<{ count: number }>(db, {
    // Where nobody was merged there are none, and the outbox need not be read.
    text: `SELECT CASE WHEN EXISTS (SELECT FROM user_aliases) OR EXISTS (SELECT FROM tenant_merges)
                       THEN (SELECT count(*) FROM outbox WHERE subject LIKE 'log.%') ELSE 0 END
                + (SELECT count(*) FROM tenant_merges LEFT JOIN tenant_copies USING (tenant_key) WHERE finished_at IS NULL) AS count`,
  });
  return row?.count ?? 0;
}
