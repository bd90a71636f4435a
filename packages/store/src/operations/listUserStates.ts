import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { StoredUserState } from './readUserStates.js';

/** The states of all users of a tenant, page by page in the order of their keys. */
export async function listUserStates(
  db: Queryable,
  page: { tenantKey: number; limit: number /** The last of the page before; absent for the first page. */; after?: number },
): Promise<StoredUserState[]> {
  return runQuery<StoredUserState>(db, {
    text: `SELECT user_key AS "userKey", state, last_seq AS "lastSeq" FROM user_state
            WHERE tenant_key = $1::int4 AND user_key > $2::int8 ORDER BY user_key LIMIT $3`,
    values: [page.tenantKey, page.after ?? 0, page.limit],
  });
}
