import { int8Array, textArray } from '../binaryArrays.js';
import { ORDINALS_PER_EVENT } from '../hot/EvaluationBatch.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface FirstUnlock {
  userKey: number;
  slug: string;
  sequence: number;
  index: number;
  /** Epoch milliseconds. */
  at: number;
  cause: string;
}

/** Of each of some achievements, the first unlock of some users before a place in the log that was held there. */
export async function firstUnlocks(
  db: Queryable,
  query: { tenantKey: number; userKeys: readonly number[]; slugs: readonly string[]; before: number },
): Promise<FirstUnlock[]> {
  return runQuery<FirstUnlock>(db, {
    text: `SELECT DISTINCT ON (user_key, slug)
                  user_key AS "userKey", slug, log_seq AS sequence, ordinal / ${ORDINALS_PER_EVENT} AS index, unlocked_at AS at,
                  caused_by AS cause
             FROM unlocks
            WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[]) AND slug = ANY ($3::text[]) AND log_seq < $4::int8
              AND revoked_at IS NULL AND (restored_seq IS NULL OR restored_seq < $4::int8)
            ORDER BY user_key, slug, log_seq, ordinal, unlock_id`,
    values: [query.tenantKey, int8Array(query.userKeys), textArray(query.slugs), query.before],
  });
}
