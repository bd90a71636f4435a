import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { resolveUser } from './resolveUser.js';

/** All ids that lead to the user whom one of them stands for, that of the user first. */
export async function namesOfUser(db: Queryable, of: { tenantKey: number; userId: string }): Promise<[string, ...string[]]> {
  const user = await resolveUser(db, of);
  const rows = await runQuery<{ alias: string }>(db, {
    text: `WITH RECURSIVE names (alias) AS (
             SELECT alias FROM user_aliases WHERE tenant_key = $1::int4 AND user_id = $2::text
              UNION
             SELECT a.alias FROM names AS n JOIN user_aliases AS a ON a.tenant_key = $1::int4 AND a.user_id = n.alias
           )
           SELECT alias FROM names`,
    values: [of.tenantKey, user],
  });
  return [user, ...rows.map(({ alias }) => alias)];
}
