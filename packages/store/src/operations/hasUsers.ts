import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Whether anybody of the tenant ever did anything. */
export async function hasUsers(db: Queryable, tenantKey: number): Promise<boolean> {
  const rows = await runQuery<object>(db, { text: 'SELECT 1 FROM users WHERE tenant_key = $1::int4 LIMIT 1', values: [tenantKey] });
  return rows.length > 0;
}
