import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { TENANT_MERGE_COLUMNS, type TenantMerge } from './TenantMerge.js';

/** What became of a tenant; null where it is one of its own, or is not known. */
export async function findTenantMerge(db: Queryable, tenantId: string): Promise<TenantMerge | null> {
  const [row] = await runQuery<TenantMerge>(db, {
    text: `SELECT ${TENANT_MERGE_COLUMNS}
             FROM tenant_merges AS m JOIN tenants AS t USING (tenant_key) LEFT JOIN tenant_copies AS c USING (tenant_key)
            WHERE t.tenant_id = $1`,
    values: [tenantId],
  });
  return row ?? null;
}
