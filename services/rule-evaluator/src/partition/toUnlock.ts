import { formatInstant, type Unlock } from '@cairn/contracts';
import type { UnlockEffect } from '@cairn/engine';
import { holderOf } from './holderOf.js';
import type { CachedUser } from './UserCache.js';
import { unlockIdOf } from './unlockIdOf.js';

/** An unlock as it goes out; its evidence is looked up when it is written. */
export function toUnlock(user: CachedUser, effect: UnlockEffect): Unlock {
  const { definition } = effect.definition;
  const holder = holderOf(user);
  return {
    unlock_id: unlockIdOf(user, { slug: definition.slug, level: effect.level, period: effect.period }),
    tenant_id: user.tenantId,
    ...holder.told,
    achievement: {
      slug: definition.slug,
      name: definition.name,
      version: effect.definition.version,
      rarity: definition.rarity,
      category: definition.category,
    },
    level: effect.level,
    period: effect.period,
    value: effect.value,
    threshold: effect.threshold,
    xp_reward: effect.xpReward,
    xp_total: effect.xpTotal,
    unlocked_at: formatInstant(effect.unlockedAt),
    caused_by: effect.causedBy,
    evidence: [],
    backfilled: effect.backfilled,
    message: effect.message ?? plainMessage(effect),
  };
}

/** Without a template, or where a person gave what was not reached. */
function plainMessage({ definition: { definition }, value, threshold }: UnlockEffect): string {
  return value < threshold ? `You were given ${definition.name}.` : `You unlocked ${definition.name}.`;
}
