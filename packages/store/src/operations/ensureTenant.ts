import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import { StoreError } from '../StoreError.js';
import { findTenant, type Tenant } from './findTenant.js';

/** The tenant, made where there is none. */
export async function ensureTenant(db: Queryable, tenantId: string): Promise<Tenant> {
  const existing = await findTenant(db, tenantId);
  if (existing !== null) return existing;
  await runCommand(db, { text: 'INSERT INTO tenants (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', values: [tenantId] });
  const made = await findTenant(db, tenantId);
  if (made === null) throw new StoreError('unexpected', `tenant ${tenantId} is neither there nor can be made`);
  return made;
}
