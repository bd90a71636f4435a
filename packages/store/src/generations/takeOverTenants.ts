import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** Tenants have tokens and an audit, which are not in the log: their rows stay in the live generation, and take over what is. */
export async function takeOverTenants(client: Queryable, { live, generation }: GenerationNames, tenantId: string | null): Promise<void> {
  await runCommand(client, {
    text: `INSERT INTO ${live}.tenants (tenant_key, tenant_id, timezone, tier_order, created_at) OVERRIDING SYSTEM VALUE
           SELECT tenant_key, tenant_id, timezone, tier_order, created_at FROM ${generation}.tenants
            WHERE $1::text IS NULL OR tenant_id = $1::text
           ON CONFLICT (tenant_id) DO UPDATE SET timezone = excluded.timezone, tier_order = excluded.tier_order`,
    values: [tenantId],
  });
}
