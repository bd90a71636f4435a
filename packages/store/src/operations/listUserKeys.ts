import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The users of a tenant that have a state, page by page in the order of their keys. */
export async function listUserKeys(
  db: Queryable,
  page: { tenantKey: number; limit: number /** The last of the page before; 0 for the first page. */; after: number },
): Promise<{ userKey: number; userId: string }[]> {
  return runQuery(db, {
    text: `SELECT s.user_key AS "userKey", u.user_id AS "userId"
             FROM user_state AS s JOIN users AS u ON u.tenant_key = s.tenant_key AND u.user_key = s.user_key AND u.kind = $4::int2
            WHERE s.tenant_key = $1::int4 AND s.user_key > $2::int8 ORDER BY s.user_key LIMIT $3`,
    values: [page.tenantKey, page.after, page.limit, OWNER_KIND.user],
  });
}
