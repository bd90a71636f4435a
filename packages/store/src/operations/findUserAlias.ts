import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { UserAlias } from './addUserAlias.js';

/** What an id leads to, in one step; null where it is none that was merged away. */
export async function findUserAlias(db: Queryable, of: { tenantKey: number; alias: string }): Promise<UserAlias | null> {
  const [row] = await runQuery<UserAlias>(db, {
    text: `SELECT alias, user_id AS "userId", log_seq AS "logSeq", floor(extract(epoch FROM at) * 1000)::int8 AS at
             FROM user_aliases WHERE tenant_key = $1::int4 AND alias = $2::text`,
    values: [of.tenantKey, of.alias],
  });
  return row ?? null;
}
