import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { TENANT_MERGE_COLUMNS, type TenantMerge } from './TenantMerge.js';

/** The oldest merge whose history has not come along yet; null where there is none. */
export async function nextTenantCopy(db: Queryable): Promise<TenantMerge | null> {
  const [row] = await runQuery<TenantMerge>(db, {
    text: `SELECT ${TENANT_MERGE_COLUMNS}
             FROM tenant_merges AS m JOIN tenants AS t USING (tenant_key) LEFT JOIN tenant_copies AS c USING (tenant_key)
            WHERE c.finished_at IS NULL ORDER BY m.log_seq LIMIT 1`,
  });
  return row ?? null;
}
