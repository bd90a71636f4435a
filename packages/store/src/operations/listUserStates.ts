import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { StoredUserState } from './readUserStates.js';

/** The states of all users of a tenant, page by page in the order of their keys. */
export async function listUserStates(
  db: Queryable,
  page: { tenantKey: number; limit: number /** The last of the page before; absent for the first page. */; after?: number },
): Promise<StoredUserState[]> {
  return runQuery<StoredUserState>(db, {
    text: `SELECT u.user_id AS "userId", s.user_key AS "userKey", s.state, s.last_seq AS "lastSeq"
             FROM user_state AS s JOIN users AS u ON u.tenant_key = s.tenant_key AND u.user_key = s.user_key AND u.kind = $4::int2
            WHERE s.tenant_key = $1::int4 AND s.user_key > $2::int8 ORDER BY s.user_key LIMIT $3`,
    values: [page.tenantKey, page.after ?? 0, page.limit, OWNER_KIND.user],
  });
}
