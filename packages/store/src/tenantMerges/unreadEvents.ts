import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/**
 * The ids of some events of a tenant that lie between two places in the log and in none of the entries that were read, the newest first.
 * Those that were retracted, or whose user was erased, are none that anybody misses.
 */
export async function unreadEvents(
  db: Queryable,
  of: { tenantKey: number; after: number; before: number; read: readonly number[]; limit: number },
): Promise<string[]> {
  const rows = await runQuery<{ eventId: string }>(db, {
    text: `SELECT event_id AS "eventId" FROM events
            WHERE tenant_key = $1::int4 AND log_seq > $2::int8 AND log_seq < $3::int8 AND user_key >= 0 AND retracted_seq IS NULL
              AND log_seq <> ALL ($4::int8[])
            ORDER BY log_seq DESC LIMIT $5::int4`,
    values: [of.tenantKey, of.after, of.before, of.read, of.limit],
  });
  return rows.map(({ eventId }) => eventId);
}
