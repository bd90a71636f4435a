import { int4Array, textArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Which of some ids are aliases of other users by now. */
export async function aliasesAmong(
  db: Queryable,
  users: readonly { tenantKey: number; userId: string }[],
): Promise<{ tenantKey: number; userId: string }[]> {
  return runQuery<{ tenantKey: number; userId: string }>(db, {
    text: `SELECT DISTINCT a.tenant_key AS "tenantKey", a.alias AS "userId"
             FROM unnest($1::int4[], $2::text[]) AS asked(tenant_key, user_id)
             JOIN user_aliases AS a ON a.tenant_key = asked.tenant_key AND a.alias = asked.user_id`,
    values: [int4Array(users.map(({ tenantKey }) => tenantKey)), textArray(users.map(({ userId }) => userId))],
  });
}
