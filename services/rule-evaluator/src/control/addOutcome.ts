import type { Effects } from '@cairn/engine';
import type { BatchBuilder } from '../partition/BatchBuilder.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import { describeRevocation } from './describeRevocation.js';

/** Puts what a control entry brought about for its user, or team, into a batch. */
export async function addOutcome(
  builder: BatchBuilder,
  effects: Effects,
  of: { user: CachedUser; tenant: TenantContext; store: EvaluationStore; sequence: number },
): Promise<void> {
  const { user, tenant, store, sequence } = of;
  builder.touch(user);
  builder.addEffects(user, effects, { sequence, index: 0 });
  for (const effect of effects.revocations) {
    const revocation = await describeRevocation(effect, { user, tenant, store, builder });
    builder.addRevocation(tenant.tenantKey, revocation, { instantMs: effect.revokedAt, cause: effect.causedBy });
  }
}
