import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Who an id of a tenant stands for where that tenant goes on as another. */
export interface UserGoingOn {
  /** The id that was asked for. */
  asked: string;
  userId: string;
  /** Whether there were events of theirs, in any of the tenants on the way. */
  isKnown: boolean;
}

/** Who some users of a tenant are, over all merges of users and of tenants by now, and whether they had done something before a place in the log. */
export async function usersGoingOn(
  db: Queryable,
  of: { tenantId: string; userIds: readonly string[]; before: number },
): Promise<UserGoingOn[]> {
  return runQuery<UserGoingOn>(db, {
    // A step follows an alias, or where there is none, the merge of the tenant.
    text: `WITH RECURSIVE way (asked, tenant_key, user_id, step) AS (
             SELECT a.asked COLLATE "C", t.tenant_key, a.asked COLLATE "C", 0
               FROM unnest($2::text[]) AS a(asked) JOIN tenants AS t ON t.tenant_id = $1
              UNION ALL
             SELECT w.asked, coalesce(a.tenant_key, n.tenant_key), coalesce(a.user_id, w.user_id), w.step + 1
               FROM way AS w
               LEFT JOIN user_aliases AS a ON a.tenant_key = w.tenant_key AND a.alias = w.user_id
               LEFT JOIN tenant_merges AS m ON m.tenant_key = w.tenant_key
               LEFT JOIN tenants AS n ON n.tenant_id = m.into_tenant
              WHERE a.alias IS NOT NULL OR n.tenant_key IS NOT NULL
           )
           SELECT w.asked, (array_agg(w.user_id ORDER BY w.step DESC))[1] AS "userId",
                  bool_or(EXISTS (SELECT FROM users AS u JOIN events AS e USING (tenant_key, user_key)
                                   WHERE u.tenant_key = w.tenant_key AND u.kind = 0 AND u.user_id = w.user_id AND e.log_seq < $3::int8)) AS "isKnown"
             FROM way AS w GROUP BY w.asked`,
    values: [of.tenantId, of.userIds, of.before],
  });
}
