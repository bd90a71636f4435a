import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Whether a tenant has events of users from before the place in the log that it begins at by now. */
export async function isHistoryTrimmed(db: Queryable, of: { tenantKey: number; firstSequence: number }): Promise<boolean> {
  const [row] = await runQuery<{ isTrimmed: boolean }>(db, {
    // The keys below zero are nobody's: what is left of those who were erased.
    text: `SELECT EXISTS (SELECT FROM events WHERE tenant_key = $1::int4 AND log_seq < $2::int8 AND user_key >= 0) AS "isTrimmed"`,
    values: [of.tenantKey, of.firstSequence],
  });
  return row?.isTrimmed ?? false;
}
