import type { Uuid } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { uuidText } from '../uuidText.js';

/** An event that was evaluated, and whose it is. */
export interface FoundEvent {
  eventId: string;
  userId: string;
  logSeq: number;
  logIndex: number;
  /** The entry of the log that retracted it; null where none did. */
  retractedSeq: number | null;
  /** What it was found by. */
  by: 'event_id' | 'idempotency_key';
}

/** The event with this id; where there is none, the one with this idempotency key; null where there is neither. */
export async function findEvent(db: Queryable, of: { tenantKey: number; eventIdHash: Uuid; keyHash: Uuid }): Promise<FoundEvent | null> {
  const eventIdHash = uuidText(of.eventIdHash);
  const rows = await runQuery<Omit<FoundEvent, 'by'> & { eventIdHash: string }>(db, {
    // Each by its own index: an OR of the two can make the planner read all of a tenant.
    text: `WITH matching AS (
             SELECT * FROM events WHERE tenant_key = $1::int4 AND event_id_hash = $2::uuid
              UNION ALL
             SELECT * FROM events WHERE tenant_key = $1::int4 AND key_hash = $3::uuid
           )
           SELECT e.event_id AS "eventId", e.event_id_hash AS "eventIdHash", u.user_id AS "userId",
                  e.log_seq AS "logSeq", e.log_index AS "logIndex",
                  e.retracted_seq AS "retractedSeq"
             FROM matching AS e JOIN users AS u ON u.tenant_key = e.tenant_key AND u.user_key = e.user_key`,
    values: [of.tenantKey, eventIdHash, uuidText(of.keyHash)],
  });
  const named = rows.find((row) => row.eventIdHash === eventIdHash);
  const found = named ?? rows[0];
  if (found === undefined) return null;
  const { eventIdHash: _, ...event } = found;
  return { ...event, by: named === undefined ? 'idempotency_key' : 'event_id' };
}
