import { float8Array, int8Array } from '../binaryArrays.js';
import { ORDINALS_PER_EVENT } from '../hot/EvaluationBatch.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface XpReached {
  userKey: number;
  threshold: number;
  total: number;
  sequence: number;
  index: number;
  /** Epoch milliseconds. */
  at: number;
  cause: string;
}

/**
 * When the total of some users first reached each of some thresholds, before a place in the log, by their ledger. All that one
 * cause paid at one place counts together, as it does when it happens.
 */
export async function xpReached(
  db: Queryable,
  query: { tenantKey: number; userKeys: readonly number[]; thresholds: readonly number[]; before: number },
): Promise<XpReached[]> {
  return runQuery<XpReached>(db, {
    text: `
      WITH ledger AS (
        SELECT user_key, log_seq, ordinal, entry_id, total_after, occurred_at, caused_by,
               lead(log_seq) OVER w IS NOT DISTINCT FROM log_seq AND lead(caused_by) OVER w IS NOT DISTINCT FROM caused_by AS goes_on
          FROM xp_entries
         WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[]) AND log_seq < $4::int8
        WINDOW w AS (PARTITION BY user_key ORDER BY log_seq, ordinal, entry_id)
      )
      SELECT DISTINCT ON (l.user_key, t.threshold)
             l.user_key AS "userKey", t.threshold, l.total_after AS total, l.log_seq AS sequence,
             l.ordinal / ${ORDINALS_PER_EVENT} AS index, l.occurred_at AS at, l.caused_by AS cause
        FROM unnest($3::float8[]) AS t(threshold) JOIN ledger AS l ON l.total_after >= t.threshold AND NOT l.goes_on
       ORDER BY l.user_key, t.threshold, l.log_seq, l.ordinal, l.entry_id`,
    values: [query.tenantKey, int8Array(query.userKeys), float8Array(query.thresholds), query.before],
  });
}
