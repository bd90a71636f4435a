import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '../inTransaction.js';
import { namesOfUser } from '../operations/namesOfUser.js';
import type { Queryable } from '../Queryable.js';
import { findTenantMerge } from '../tenantMerges/findTenantMerge.js';
import type { TenantMerge } from '../tenantMerges/TenantMerge.js';
import { tenantsMergedInto } from '../tenantMerges/tenantsMergedInto.js';
import { lockErasures } from './lockErasures.js';
import { pendingErasure } from './pendingErasure.js';
import { type ErasureRequest, requestErasure } from './requestErasure.js';

export type ErasureAnswer =
  /** The erasure in the tenant of the request, which is the last to be done. */
  | { result: 'requested'; erasureId: string }
  /** The tenant is part of another one. */
  | { result: 'tenant_merged'; intoTenant: string }
  /** The history of a tenant is on its way into that of the request. */
  | { result: 'history_coming'; tenantId: string };

/**
 * Notes that a user is to be erased in their tenant, and in each that was merged into it, where the events that came along stand as they
 * were first told. What a tenant has not evaluated yet goes on to the one that it was merged into, so that they are erased there behind it.
 * All of it is noted, or nothing. While all of that is under way, a request for it is that one.
 */
export async function requestErasureEverywhere(
  db: Queryable,
  request: Omit<ErasureRequest, 'erasureId' | 'since'> & { tenantId: string },
): Promise<ErasureAnswer> {
  const { tenantId, tenantKey, userId, actor, reason } = request;
  return inTransaction(db, async (client) => {
    await lockErasures(client, { tenantKey });
    const own = await findTenantMerge(client, tenantId);
    if (own !== null) return { result: 'tenant_merged', intoTenant: own.intoTenant };
    const merged = await tenantsMergedInto(client, tenantId);
    const coming = merged.find(({ finishedAt }) => finishedAt === null);
    if (coming !== undefined) return { result: 'history_coming', tenantId: coming.tenantId };
    // What was asked for before that was about fewer tenants.
    const since = Math.max(0, ...merged.map(({ finishedAt }) => finishedAt ?? 0));
    const names = await namesOfUser(client, { tenantKey, userId });
    const pending = await pendingErasure(client, { tenantKey, userIds: names, since });
    if (pending !== null) return { result: 'requested', erasureId: pending };
    for (const { tenantKey: from, userIds } of await sourcesOf({ tenantId, names, merged }, client))
      for (const name of userIds)
        await requestErasure(client, { erasureId: randomUUID(), tenantKey: from, userId: name, actor, reason, since });
    const { erasureId } = await requestErasure(client, { erasureId: randomUUID(), tenantKey, userId, actor, reason, since });
    return { result: 'requested', erasureId };
  });
}

interface Source {
  tenantKey: number;
  userIds: ReadonlySet<string>;
}

/** Where what a user has came from, the farthest first, and all names that lead to them by there: an alias of a tenant is known in it alone. */
async function sourcesOf(
  { tenantId, names, merged }: { tenantId: string; names: Iterable<string>; merged: readonly TenantMerge[] },
  client: pg.ClientBase,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const { tenantKey, tenantId: from } of merged.filter(({ intoTenant }) => intoTenant === tenantId)) {
    const userIds = new Set<string>();
    for (const userId of names) for (const name of await namesOfUser(client, { tenantKey, userId })) userIds.add(name);
    sources.push(...(await sourcesOf({ tenantId: from, names: userIds, merged }, client)), { tenantKey, userIds });
  }
  return sources;
}
