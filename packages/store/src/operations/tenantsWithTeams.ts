import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/**
 * The tenants that have published an achievement of teams up to a place in the log, the retired ones too: what the members of
 * their teams choose is followed from then on.
 */
export async function tenantsWithTeams(db: Queryable, at: { atSequence: number }): Promise<string[]> {
  const rows = await runQuery<{ tenantId: string }>(db, {
    text: `SELECT tenant_id AS "tenantId" FROM tenants
            WHERE tenant_key IN (SELECT tenant_key FROM achievement_versions WHERE definition->>'scope' = 'team' AND log_seq <= $1::int8)
            ORDER BY tenant_id`,
    values: [at.atSequence],
  });
  return rows.map(({ tenantId }) => tenantId);
}
