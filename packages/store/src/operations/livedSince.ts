import { int8Array } from '../binaryArrays.js';
import { ORDINALS_PER_EVENT } from '../hot/EvaluationBatch.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** What one entry of the log, at one place in it, brought about for a user. */
interface LivedRow {
  userKey: number;
  sequence: number;
  index: number;
  /** Epoch milliseconds. */
  at: number;
  cause: string;
}

export interface LivedUnlockRow extends LivedRow {
  slug: string;
  level: string | null;
  period: string | null;
}

export interface LivedEntryRow extends LivedRow {
  entryId: string;
  amount: number;
  totalAfter: number;
}

/**
 * The unlocks and ledger entries of some users from a place in the log on, in log order. An unlock that was taken back before and
 * given again since stands where it was given again.
 */
export async function livedSince(
  db: Queryable,
  query: { tenantKey: number; userKeys: readonly number[]; since: number },
): Promise<{ unlocks: LivedUnlockRow[]; entries: LivedEntryRow[] }> {
  const values = [query.tenantKey, int8Array(query.userKeys), query.since];
  const unlocks = await runQuery<LivedUnlockRow>(db, {
    text: `SELECT user_key AS "userKey", sequence, index, at, cause, slug, nullif(level, '') AS level, nullif(period, '') AS period
             FROM (SELECT user_key, slug, level, period, log_seq AS sequence, ordinal / ${ORDINALS_PER_EVENT} AS index, ordinal,
                          unlocked_at AS at, caused_by AS cause
                     FROM unlocks WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[]) AND log_seq >= $3::int8
                   UNION ALL
                   SELECT user_key, slug, level, period, restored_seq, restored_index, restored_index * ${ORDINALS_PER_EVENT}, restored_at,
                          restored_by
                     FROM unlocks
                    WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[]) AND log_seq < $3::int8 AND restored_seq >= $3::int8) AS lived
            ORDER BY user_key, sequence, ordinal, slug, level, period`,
    values,
  });
  const entries = await runQuery<LivedEntryRow>(db, {
    text: `SELECT user_key AS "userKey", log_seq AS sequence, ordinal / ${ORDINALS_PER_EVENT} AS index, occurred_at AS at,
                  caused_by AS cause, entry_id AS "entryId", amount, total_after AS "totalAfter"
             FROM xp_entries WHERE tenant_key = $1::int4 AND user_key = ANY ($2::int8[]) AND log_seq >= $3::int8
            ORDER BY user_key, log_seq, ordinal, entry_id`,
    values,
  });
  return { unlocks, entries };
}
