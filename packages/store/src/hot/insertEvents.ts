import { hashArray, int4Array, int8Array, textArray, timestamptzArray } from '../binaryArrays.js';
import { intListLiteral } from '../listLiterals.js';
import type { EventColumns } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** No ON CONFLICT: a duplicate here is an identity that the evaluator did not know, and the whole batch has to be folded again. */
const insertEvents: HotStatement = {
  name: 'cairn_insert_events',
  text: `
    INSERT INTO events (tenant_key, user_key, log_seq, log_index, event_id, event_id_hash, key_hash, fingerprint,
                        payload_hash, occurred_at, matched)
    SELECT r.tenant_key, r.user_key, r.log_seq, r.log_index, r.event_id, r.event_id_hash, r.key_hash, r.fingerprint,
           r.payload_hash, r.occurred_at, r.matched::int4[]
      FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int4[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[],
                  $9::uuid[], $10::timestamptz[], $11::text[])
           AS r(tenant_key, user_key, log_seq, log_index, event_id, event_id_hash, key_hash, fingerprint,
                payload_hash, occurred_at, matched)
     ORDER BY r.tenant_key, r.event_id_hash`,
};

export function bindEvents(events: EventColumns): BoundStatement {
  return {
    ...insertEvents,
    values: [
      int4Array(events.tenantKey),
      int8Array(events.userKey),
      int8Array(events.logSeq),
      int4Array(events.logIndex),
      textArray(events.eventId),
      hashArray(events.identity, 'eventIdAt'),
      hashArray(events.identity, 'keyAt'),
      hashArray(events.identity, 'fingerprintAt'),
      hashArray(events.identity, 'payloadAt'),
      timestamptzArray(events.occurredAt),
      textArray(events.matched.map(intListLiteral)),
    ],
  };
}
