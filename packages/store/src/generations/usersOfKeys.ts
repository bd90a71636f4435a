import { int8Array } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The names that go with surrogate keys. */
export async function usersOfKeys(
  db: Queryable,
  of: { tenantKey: number; userKeys: readonly number[] },
): Promise<{ userKey: number; tenantId: string; userId: string }[]> {
  return runQuery<{ userKey: number; tenantId: string; userId: string }>(db, {
    text: `SELECT u.user_key AS "userKey", t.tenant_id AS "tenantId", u.user_id AS "userId"
             FROM users AS u JOIN tenants AS t ON t.tenant_key = u.tenant_key
            WHERE u.tenant_key = $1 AND u.user_key = ANY ($2::int8[])`,
    values: [of.tenantKey, int8Array(of.userKeys)],
  });
}
