import { byteaArray, int4Array, int8Array, textArray, uuidArray } from '../binaryArrays.js';
import type { OutboxRow, PayloadAroundEvidence, UnlockRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/**
 * The ids come back in the order of the rows: nothing but `unnest` decides that order.
 * The evidence is spliced in as text, so that the properties of the payload stay in the order they were given in.
 * The unlock is named by its place in the log besides: with its id alone, a plan that was made while the table was empty may read all
 * of the index in log order, for each of them.
 */
export const insertOutbox: HotStatement = {
  name: 'cairn_insert_outbox',
  text: `
    INSERT INTO outbox (partition, subject, msg_id, headers, payload)
    SELECT r.partition::int2, r.subject, r.msg_id, r.headers::jsonb,
           CASE WHEN r.unlock_id IS NULL THEN r.payload
                ELSE r.payload || (SELECT convert_to(to_json(u.evidence)::text, 'UTF8') FROM unlocks AS u
                                    WHERE u.tenant_key = r.tenant_key AND u.log_seq = r.log_seq
                                      AND u.ordinal = r.ordinal AND u.unlock_id = r.unlock_id) || r.payload_after
           END
      FROM unnest($1::int4[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::int4[], $7::uuid[], $8::bytea[],
                  $9::int8[], $10::int4[])
           AS r(partition, subject, msg_id, headers, payload, tenant_key, unlock_id, payload_after, log_seq, ordinal)
    RETURNING id`,
};

/** @param unlocks what payloads are about */
export function bindOutbox(rows: readonly (OutboxRow & { partition: number })[], unlocks: readonly UnlockRow[]): BoundStatement {
  const around = rows.map((row) => (isAroundEvidence(row.payload) ? row.payload : null));
  const told = around.map((payload) => (payload === null ? null : unlockOf(unlocks, payload)));
  return {
    ...insertOutbox,
    values: [
      int4Array(rows.map((row) => row.partition)),
      textArray(rows.map((row) => row.subject)),
      textArray(rows.map((row) => row.msgId)),
      textArray(rows.map((row) => (row.headers === null ? null : JSON.stringify(row.headers)))),
      byteaArray(rows.map(payloadBefore)),
      int4Array(told.map((unlock) => unlock?.tenantKey ?? null)),
      uuidArray(told.map((unlock) => unlock?.unlockId ?? null)),
      byteaArray(around.map((payload) => (payload === null ? null : Buffer.from(payload.after)))),
      int8Array(told.map((unlock) => unlock?.logSeq ?? null)),
      int4Array(told.map((unlock) => unlock?.ordinal ?? null)),
    ],
  };
}

export function isAroundEvidence(payload: OutboxRow['payload']): payload is PayloadAroundEvidence {
  return !(payload instanceof Uint8Array);
}

function payloadBefore(row: OutboxRow): Uint8Array {
  return isAroundEvidence(row.payload) ? Buffer.from(row.payload.before) : row.payload;
}

function unlockOf(unlocks: readonly UnlockRow[], payload: PayloadAroundEvidence): UnlockRow {
  const unlock = unlocks[payload.unlock];
  if (unlock === undefined) throw new RangeError(`the batch has no unlock ${payload.unlock}`);
  return unlock;
}
