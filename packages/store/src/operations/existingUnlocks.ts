import { int8Array } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface ExistingUnlock {
  userKey: number;
  unlockId: string;
  slug: string;
  level: string | null;
  period: string | null;
  version: number;
  value: number;
  xpReward: number;
  unlockedAt: number;
  revokedAt: number | null;
}

/** All unlocks of some users, the revoked among them: what a state is repaired from after `unlock_taken`. */
export async function existingUnlocks(db: Queryable, query: { tenantKey: number; userKeys: readonly number[] }): Promise<ExistingUnlock[]> {
  return runQuery<ExistingUnlock>(db, {
    text: `SELECT user_key AS "userKey", unlock_id AS "unlockId", slug, nullif(level, '') AS level, nullif(period, '') AS period,
                  version, value, xp_reward AS "xpReward", unlocked_at AS "unlockedAt", revoked_at AS "revokedAt"
             FROM unlocks WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[])
            ORDER BY user_key, log_seq, ordinal, unlock_id`,
    values: [query.tenantKey, int8Array(query.userKeys)],
  });
}
