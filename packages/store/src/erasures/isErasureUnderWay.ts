import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Whether somebody of a tenant is to be erased, and is not yet from everywhere. */
export async function isErasureUnderWay(db: Queryable, { tenantKey }: { tenantKey: number }): Promise<boolean> {
  const [row] = await runQuery<{ isSo: boolean }>(db, {
    text: 'SELECT EXISTS (SELECT FROM erasures WHERE tenant_key = $1::int4 AND finished_at IS NULL) AS "isSo"',
    values: [tenantKey],
  });
  return row?.isSo ?? false;
}
