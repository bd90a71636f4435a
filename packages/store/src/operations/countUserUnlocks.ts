import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** How many unlocks a user has, the revoked among them; no more than `atMost` are counted. */
export async function countUserUnlocks(db: Queryable, of: { tenantKey: number; userId: string; atMost: number }): Promise<number> {
  const [row] = await runQuery<{ count: number }>(db, {
    text: `SELECT count(*) FROM (
             SELECT FROM unlocks JOIN users USING (tenant_key, user_key)
              WHERE tenant_key = $1::int4 AND kind = ${String(OWNER_KIND.user)} AND user_id = $2::text LIMIT $3::int8
           ) AS found`,
    values: [of.tenantKey, of.userId, of.atMost],
  });
  return row?.count ?? 0;
}
