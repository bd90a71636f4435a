import { eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { tenants } from '../schema/tenants.js';

export interface Tenant {
  tenantKey: number;
  tenantId: string;
  /** The newest settings; null means the default. As of a place in the log they stand in `loadCatalogue`. */
  timezone: string | null;
  tierOrder: string[] | null;
}

export async function findTenant(db: Queryable, tenantId: string): Promise<Tenant | null> {
  const rows = await withOrm(db, (orm) =>
    orm
      .select({ tenantKey: tenants.tenantKey, tenantId: tenants.tenantId, timezone: tenants.timezone, tierOrder: tenants.tierOrder })
      .from(tenants)
      .where(eq(tenants.tenantId, tenantId)),
  );
  return rows[0] ?? null;
}
