import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { TENANT_MERGE_COLUMNS, type TenantMerge } from './TenantMerge.js';

/** All tenants that are one with a tenant by now, over as many merges as there were. */
export async function tenantsMergedInto(db: Queryable, tenantId: string): Promise<TenantMerge[]> {
  return runQuery<TenantMerge>(db, {
    text: `WITH RECURSIVE merged (tenant_key) AS (
             SELECT tenant_key FROM tenant_merges WHERE into_tenant = $1
              UNION
             SELECT m.tenant_key FROM merged JOIN tenants AS t USING (tenant_key) JOIN tenant_merges AS m ON m.into_tenant = t.tenant_id
           )
           SELECT ${TENANT_MERGE_COLUMNS}
             FROM merged JOIN tenant_merges AS m USING (tenant_key) JOIN tenants AS t USING (tenant_key)
             LEFT JOIN tenant_copies AS c USING (tenant_key)
            ORDER BY m.log_seq`,
    values: [tenantId],
  });
}
