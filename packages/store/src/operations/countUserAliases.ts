import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export async function countUserAliases(db: Queryable, { tenantKey }: { tenantKey: number }): Promise<number> {
  const [row] = await runQuery<{ count: number }>(db, {
    text: 'SELECT count(*) FROM user_aliases WHERE tenant_key = $1::int4',
    values: [tenantKey],
  });
  return row?.count ?? 0;
}
