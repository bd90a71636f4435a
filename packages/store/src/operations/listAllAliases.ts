import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface TenantAlias {
  tenantId: string;
  alias: string;
  userId: string;
}

/** The newest aliases of all tenants, in log order. */
export async function listAllAliases(db: Queryable, { limit }: { limit: number }): Promise<TenantAlias[]> {
  const rows = await runQuery<TenantAlias>(db, {
    text: `SELECT t.tenant_id AS "tenantId", a.alias, a.user_id AS "userId"
             FROM user_aliases AS a JOIN tenants AS t USING (tenant_key) ORDER BY a.log_seq DESC LIMIT $1`,
    values: [limit],
  });
  return rows.reverse();
}
