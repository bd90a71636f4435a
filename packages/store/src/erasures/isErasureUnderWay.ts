import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { lockErasures } from './lockErasures.js';

/** Whether somebody of a tenant is to be erased, and is not yet from everywhere. Who is just being asked for counts. */
export async function isErasureUnderWay(db: Queryable, { tenantKey }: { tenantKey: number }): Promise<boolean> {
  return inTransaction(db, async (client) => {
    await lockErasures(client, { tenantKey });
    const [row] = await runQuery<{ isSo: boolean }>(client, {
      text: 'SELECT EXISTS (SELECT FROM erasures WHERE tenant_key = $1::int4 AND finished_at IS NULL) AS "isSo"',
      values: [tenantKey],
    });
    return row?.isSo ?? false;
  });
}
