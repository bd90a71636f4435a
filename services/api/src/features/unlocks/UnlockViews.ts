import { CairnError, formatInstant } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import type { ListedUnlock } from '@cairn/store';
import { type AchievementLabel, labelKey, type VersionCache } from '../../catalogue/VersionCache.js';
import type { UnlockView } from './unlockSchema.js';

/** Rows as the outside sees them: each says of its achievement what that version said. */
export class UnlockViews {
  readonly #versions: VersionCache;

  constructor(versions: VersionCache) {
    this.#versions = versions;
  }

  async of(tenant: Pick<Principal, 'tenantId' | 'tenantKey'>, rows: readonly ListedUnlock[]): Promise<UnlockView[]> {
    const labels = await this.#versions.labels(tenant.tenantKey, rows);
    return rows.map((row) => toView(tenant.tenantId, row, labels.get(labelKey(row))));
  }
}

function toView(tenantId: string, row: ListedUnlock, label: AchievementLabel | undefined): UnlockView {
  if (label === undefined) throw new CairnError('internal', `version ${row.version} of ${row.slug} was unlocked and never published`);
  return {
    unlock_id: row.unlockId,
    tenant_id: tenantId,
    user_id: row.userId,
    ...(row.teamId === null ? {} : { team_id: row.teamId }),
    achievement: { slug: row.slug, name: label.name, version: row.version, rarity: label.rarity, category: label.category },
    level: row.level,
    period: row.period,
    value: row.value,
    threshold: row.threshold,
    xp_reward: row.xpReward,
    xp_total: row.xpTotal,
    unlocked_at: formatInstant(row.unlockedAt),
    caused_by: row.causedBy,
    evidence: row.evidence,
    backfilled: row.backfilled,
    message: row.message ?? `You unlocked ${label.name}.`,
    ...(row.revokedAt === null ? {} : { revoked_at: formatInstant(row.revokedAt), reason: row.revokedReason ?? '' }),
  };
}
