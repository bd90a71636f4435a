import { and, asc, eq, exists, lte, or } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { packs } from '../schema/packs.js';
import { tenantSettings } from '../schema/tenantSettings.js';
import { tenants } from '../schema/tenants.js';

export interface ListedTenant {
  tenantKey: number;
  tenantId: string;
}

const columns = { tenantKey: tenants.tenantKey, tenantId: tenants.tenantId };

/** Every tenant, oldest first. */
export async function listTenants(db: Queryable): Promise<ListedTenant[]> {
  return withOrm(db, (orm) => orm.select(columns).from(tenants).orderBy(asc(tenants.tenantKey)));
}

/** The tenants that had published or set anything at a log sequence: those whose catalogue is not the empty one, the oldest first. */
export async function listTenantsAt(db: Queryable, at: { atSequence: number; limit?: number }): Promise<ListedTenant[]> {
  return withOrm(db, (orm) => {
    const published = orm
      .select({ logSeq: packs.logSeq })
      .from(packs)
      .where(and(eq(packs.tenantKey, tenants.tenantKey), lte(packs.logSeq, at.atSequence)));
    const configured = orm
      .select({ logSeq: tenantSettings.logSeq })
      .from(tenantSettings)
      .where(and(eq(tenantSettings.tenantKey, tenants.tenantKey), lte(tenantSettings.logSeq, at.atSequence)));
    const listed = orm
      .select(columns)
      .from(tenants)
      .where(or(exists(published), exists(configured)))
      .orderBy(asc(tenants.tenantKey));
    return at.limit === undefined ? listed : listed.limit(at.limit);
  });
}
