import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Which of some users had done something in a tenant before a place in the log. */
export async function usersKnownBefore(
  db: Queryable,
  of: { tenantId: string; userIds: readonly string[]; before: number },
): Promise<Set<string>> {
  const rows = await runQuery<{ userId: string }>(db, {
    text: `SELECT u.user_id AS "userId" FROM users AS u JOIN tenants AS t USING (tenant_key)
            WHERE t.tenant_id = $1 AND u.kind = 0 AND u.user_id = ANY ($2::text[])
              AND EXISTS (SELECT FROM events AS e WHERE e.tenant_key = u.tenant_key AND e.user_key = u.user_key AND e.log_seq < $3::int8)`,
    values: [of.tenantId, of.userIds, of.before],
  });
  return new Set(rows.map(({ userId }) => userId));
}
