import { deriveUnlockId, formatInstant, type Revocation } from '@cairn/contracts';
import type { RevocationEffect } from '@cairn/engine';
import { StoreError } from '@cairn/store';
import type { BatchBuilder } from '../partition/BatchBuilder.js';
import { holderOf } from '../partition/holderOf.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

/** The unlock that is taken back, as it went out when it was given, and why it is taken back. */
export async function describeRevocation(
  effect: RevocationEffect,
  of: { user: CachedUser; tenant: TenantContext; store: EvaluationStore; builder: BatchBuilder },
): Promise<Revocation> {
  const { user, tenant, store, builder } = of;
  const holder = holderOf(user);
  const unlockId = deriveUnlockId({
    ...holder.key,
    tenantId: user.tenantId,
    slug: effect.slug,
    level: effect.level,
    period: effect.period,
  });
  // It may have been given a moment ago, in the same batch.
  const unlock = builder.unlockOf(unlockId) ?? (await store.unlock({ tenantKey: tenant.tenantKey, unlockId }));
  if (unlock === null) throw new StoreError('unlock_missing', `unlock ${unlockId} is held by the state but not in the store`);
  const definition = effect.definition?.definition;
  return {
    unlock_id: unlockId,
    tenant_id: user.tenantId,
    ...holder.told,
    achievement: {
      slug: effect.slug,
      name: definition?.name ?? effect.slug,
      version: unlock.version,
      rarity: definition?.rarity ?? 'common',
      category: definition?.category ?? '',
    },
    level: effect.level,
    period: effect.period,
    value: unlock.value,
    threshold: unlock.threshold,
    xp_reward: effect.xpReward,
    xp_total: effect.xpTotal,
    unlocked_at: formatInstant(unlock.unlockedAt),
    caused_by: unlock.causedBy,
    evidence: Array.isArray(unlock.evidence) ? unlock.evidence : [unlock.causedBy],
    backfilled: unlock.backfilled,
    message: unlock.message ?? '',
    revoked_at: formatInstant(effect.revokedAt),
    reason: effect.reason,
  };
}
