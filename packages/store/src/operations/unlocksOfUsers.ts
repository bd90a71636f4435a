import { int8Array } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { UnlockFields } from '../UnlockFields.js';

/** An unlock as its row has it. */
export interface StoredUnlock extends UnlockFields {
  userKey: number;
  unlockId: string;
  evidence: string[];
  revokedAt: number | null;
  revokedReason: string | null;
}

/** All unlocks of some users, the revoked among them, in log order. */
export async function unlocksOfUsers(db: Queryable, query: { tenantKey: number; userKeys: readonly number[] }): Promise<StoredUnlock[]> {
  return runQuery<StoredUnlock>(db, {
    text: `SELECT user_key AS "userKey", unlock_id AS "unlockId", slug, nullif(level, '') AS level, nullif(period, '') AS period,
                  version, value, threshold, xp_reward AS "xpReward", xp_total AS "xpTotal", unlocked_at AS "unlockedAt",
                  caused_by AS "causedBy", evidence, message, backfilled, revoked_at AS "revokedAt", revoked_reason AS "revokedReason"
             FROM unlocks WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[])
            ORDER BY user_key, log_seq, ordinal, unlock_id`,
    values: [query.tenantKey, int8Array(query.userKeys)],
  });
}
