import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { UserAlias } from './addUserAlias.js';

/** The aliases of a tenant as they stood at a place in the log, in log order: what one leads to may be the alias of a later one. */
export async function listUserAliases(db: Queryable, of: { tenantKey: number; atSequence: number }): Promise<UserAlias[]> {
  return runQuery<UserAlias>(db, {
    text: `SELECT alias, user_id AS "userId", log_seq AS "logSeq", at FROM user_aliases
            WHERE tenant_key = $1::int4 AND log_seq <= $2::int8 ORDER BY log_seq`,
    values: [of.tenantKey, of.atSequence],
  });
}
