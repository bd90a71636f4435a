import { int8Array } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The sum of each user's ledger, in the order of `userKeys`; 0 for one without entries. */
export async function xpTotals(
  db: Queryable,
  query: { tenantKey: number; userKeys: readonly number[] },
): Promise<{ userKey: number; total: number }[]> {
  const rows = await runQuery<{ userKey: number; total: number }>(db, {
    text: `SELECT user_key AS "userKey", sum(amount)::int8 AS total
             FROM xp_entries WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[]) GROUP BY user_key`,
    values: [query.tenantKey, int8Array(query.userKeys)],
  });
  const totals = new Map(rows.map((row) => [row.userKey, row.total]));
  return query.userKeys.map((userKey) => ({ userKey, total: totals.get(userKey) ?? 0 }));
}
