import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** How many events were taken from a user; of one who was merged, also those that are another's since. */
export async function countUserEvents(db: Queryable, of: { tenantKey: number; userKey: number; wasMerged: boolean }): Promise<number> {
  const { tenantKey, userKey, wasMerged } = of;
  const [row] = await runQuery<{ events: number }>(db, {
    text: `SELECT count(*)::int8 AS events FROM events
            WHERE tenant_key = $1::int4 AND ((user_key = $2::int8 AND origin_key IS NULL)${wasMerged ? ' OR origin_key = $2::int8' : ''})`,
    values: [tenantKey, userKey],
  });
  return Number(row?.events ?? 0);
}
