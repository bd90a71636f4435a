import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The tenant that one goes on as, over as many merges as there were: itself where it was never merged. null where it is not known. */
export async function goesOnAs(db: Queryable, tenantId: string): Promise<{ tenantKey: number; tenantId: string } | null> {
  const [row] = await runQuery<{ tenantKey: number; tenantId: string }>(db, {
    text: `WITH RECURSIVE way (tenant_id, step) AS (
             SELECT $1::text COLLATE "C", 0
              UNION ALL
             SELECT m.into_tenant, w.step + 1
               FROM way AS w JOIN tenants AS t ON t.tenant_id = w.tenant_id JOIN tenant_merges AS m USING (tenant_key)
           )
           SELECT t.tenant_key AS "tenantKey", t.tenant_id AS "tenantId" FROM way JOIN tenants AS t USING (tenant_id) ORDER BY step DESC LIMIT 1`,
    values: [tenantId],
  });
  return row ?? null;
}
