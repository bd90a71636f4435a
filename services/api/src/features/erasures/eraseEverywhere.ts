import { randomUUID } from 'node:crypto';
import { CairnError } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { findTenantMerge, namesOfUser, type Queryable, requestErasure, tenantsMergedInto } from '@cairn/store';

/**
 * Asks for a user to be erased in their tenant, and in each that was merged into it, where the events that came along stand as they were
 * first told. Answers the id of the erasure in their tenant: the others are listed with the tenants that they are of.
 * @throws CairnError `unavailable` while a history comes along; `tenant_merged`
 */
export async function eraseEverywhere(
  db: Queryable,
  { tenantId, tenantKey, name: actor }: Principal,
  { userId, reason }: { userId: string; reason: string },
): Promise<string> {
  const own = await findTenantMerge(db, tenantId);
  if (own !== null) throw new CairnError('tenant_merged', `the tenant "${tenantId}" was merged into "${own.intoTenant}": erase them there`);
  const merged = await tenantsMergedInto(db, tenantId);
  const unfinished = merged.find(({ finishedAt }) => finishedAt === null);
  if (unfinished !== undefined)
    throw new CairnError('unavailable', `the history of "${unfinished.tenantId}" is still coming along: try again`, {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  const names = await namesOfUser(db, { tenantKey, userId });
  const { erasureId } = await requestErasure(db, { erasureId: randomUUID(), tenantKey, userId, actor, reason });
  for (const { tenantKey: from } of merged)
    for (const name of names) await requestErasure(db, { erasureId: randomUUID(), tenantKey: from, userId: name, actor, reason });
  return erasureId;
}

const RETRY_AFTER_SECONDS = 1;
