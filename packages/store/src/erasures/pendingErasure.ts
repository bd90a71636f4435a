import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The id of the newest erasure of a user that was asked for since a time (epoch milliseconds) and is under way; null where there is none. */
export async function pendingErasure(
  db: Queryable,
  { tenantKey, userIds, since }: { tenantKey: number; userIds: readonly string[]; since: number },
): Promise<string | null> {
  const [row] = await runQuery<{ erasureId: string }>(db, {
    text: `SELECT erasure_id AS "erasureId" FROM erasures
            WHERE tenant_key = $1 AND finished_at IS NULL AND user_ids && $2::text[] AND requested_at >= to_timestamp($3::float8 / 1000)
            ORDER BY requested_at DESC LIMIT 1`,
    values: [tenantKey, userIds, since],
  });
  return row?.erasureId ?? null;
}
