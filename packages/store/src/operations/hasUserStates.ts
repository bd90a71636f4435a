import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Whether anything was ever folded for anybody of the tenant. */
export async function hasUserStates(db: Queryable, tenantKey: number): Promise<boolean> {
  const rows = await runQuery<object>(db, { text: 'SELECT 1 FROM user_state WHERE tenant_key = $1::int4 LIMIT 1', values: [tenantKey] });
  return rows.length > 0;
}
