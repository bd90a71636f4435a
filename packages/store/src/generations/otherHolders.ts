import { hashArray, int4Array, int8Array } from '../binaryArrays.js';
import type { EventColumns } from '../hot/EvaluationBatch.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** An event that was accepted, and who sent it: whoever they were merged into since. */
export interface HolderRow {
  eventIdHash: string;
  tenantId: string;
  /** Null where that is known no more: then `partition` says which one took it. */
  userId: string | null;
  partition: number | null;
}

/** Accepted events that have an identity of one of these, but stand at another place of the log. */
export async function otherHolders(db: Queryable, events: EventColumns): Promise<HolderRow[]> {
  return runQuery<HolderRow>(db, {
    text: `
      WITH mine AS (
        SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::uuid[], $5::uuid[], $6::uuid[])
                   AS m(tenant_key, log_seq, log_index, event_id_hash, key_hash, fingerprint)
      )
      SELECT held.event_id_hash AS "eventIdHash", t.tenant_id AS "tenantId", u.user_id AS "userId",
             CASE WHEN held.user_key < 0 THEN (-1 - held.user_key)::int4 END AS partition
        FROM (${['event_id_hash', 'key_hash', 'fingerprint'].map(elsewhere).join(' UNION ALL ')}) AS held
             JOIN tenants AS t ON t.tenant_key = held.tenant_key
             LEFT JOIN users AS u ON u.tenant_key = held.tenant_key AND u.user_key = coalesce(held.origin_key, held.user_key)`,
    values: [
      int4Array(events.tenantKey),
      int8Array(events.logSeq),
      int4Array(events.logIndex),
      hashArray(events.identity, 'eventIdAt'),
      hashArray(events.identity, 'keyAt'),
      hashArray(events.identity, 'fingerprintAt'),
    ],
  });
}

/** The limit keeps the planner from reading all of the table for one join. */
function elsewhere(column: string): string {
  return `
    SELECT found.* FROM mine AS m
      CROSS JOIN LATERAL (SELECT * FROM events WHERE tenant_key = m.tenant_key AND ${column} = m.${column} LIMIT 1) AS found
     WHERE m.${column} IS NOT NULL AND (found.log_seq, found.log_index) <> (m.log_seq, m.log_index)`;
}
