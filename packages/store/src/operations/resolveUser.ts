import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Who an id stands for: itself, or whom it was merged into, over as many steps as there are. */
export async function resolveUser(db: Queryable, of: { tenantKey: number; userId: string }): Promise<string> {
  const [row] = await runQuery<{ userId: string }>(db, {
    name: 'cairn_resolve_user',
    text: `WITH RECURSIVE way (user_id, step) AS (
             SELECT user_id, 1 FROM user_aliases WHERE tenant_key = $1::int4 AND alias = $2::text
              UNION ALL
             SELECT a.user_id, w.step + 1 FROM way AS w JOIN user_aliases AS a ON a.tenant_key = $1::int4 AND a.alias = w.user_id
           )
           SELECT user_id AS "userId" FROM way ORDER BY step DESC LIMIT 1`,
    values: [of.tenantKey, of.userId],
  });
  return row?.userId ?? of.userId;
}
