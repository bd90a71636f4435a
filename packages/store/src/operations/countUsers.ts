import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** How many users a tenant has. */
export async function countUsers(db: Queryable, tenantKey: number): Promise<number> {
  const rows = await runQuery<{ users: number }>(db, {
    text: 'SELECT count(*)::int4 AS users FROM users WHERE tenant_key = $1::int4 AND kind = $2',
    values: [tenantKey, OWNER_KIND.user],
  });
  return rows[0]?.users ?? 0;
}
