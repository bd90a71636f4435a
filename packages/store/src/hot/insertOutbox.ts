import { byteaArray, int4Array, textArray, uuidArray } from '../binaryArrays.js';
import type { EvaluationBatch, OutboxRow, PayloadAroundEvidence } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/**
 * The ids come back in the order of the rows: nothing but `unnest` decides that order.
 * The evidence is spliced in as text, so that the properties of the payload stay in the order they were given in.
 */
export const insertOutbox: HotStatement = {
  name: 'cairn_insert_outbox',
  text: `
    INSERT INTO outbox (partition, subject, msg_id, headers, payload)
    SELECT $1::smallint, r.subject, r.msg_id, r.headers::jsonb,
           CASE WHEN r.unlock_id IS NULL THEN r.payload
                ELSE r.payload || (SELECT convert_to(to_json(u.evidence)::text, 'UTF8') FROM unlocks AS u
                                    WHERE u.tenant_key = r.tenant_key AND u.unlock_id = r.unlock_id) || r.payload_after
           END
      FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::int4[], $7::uuid[], $8::bytea[])
           AS r(subject, msg_id, headers, payload, tenant_key, unlock_id, payload_after)
    RETURNING id`,
};

export function bindOutbox(batch: Pick<EvaluationBatch, 'partition' | 'outbox' | 'unlocks'>): BoundStatement {
  const rows = batch.outbox;
  const around = rows.map((row) => (isAroundEvidence(row.payload) ? row.payload : null));
  const unlocks = around.map((payload) => (payload === null ? null : unlockOf(batch.unlocks, payload)));
  return {
    ...insertOutbox,
    values: [
      String(batch.partition),
      textArray(rows.map((row) => row.subject)),
      textArray(rows.map((row) => row.msgId)),
      textArray(rows.map((row) => (row.headers === null ? null : JSON.stringify(row.headers)))),
      byteaArray(rows.map(payloadBefore)),
      int4Array(unlocks.map((unlock) => unlock?.tenantKey ?? null)),
      uuidArray(unlocks.map((unlock) => unlock?.unlockId ?? null)),
      byteaArray(around.map((payload) => (payload === null ? null : Buffer.from(payload.after)))),
    ],
  };
}

export function isAroundEvidence(payload: OutboxRow['payload']): payload is PayloadAroundEvidence {
  return !(payload instanceof Uint8Array);
}

function payloadBefore(row: OutboxRow): Uint8Array {
  return isAroundEvidence(row.payload) ? Buffer.from(row.payload.before) : row.payload;
}

function unlockOf(unlocks: EvaluationBatch['unlocks'], payload: PayloadAroundEvidence): EvaluationBatch['unlocks'][number] {
  const unlock = unlocks[payload.unlock];
  if (unlock === undefined) throw new RangeError(`the batch has no unlock ${payload.unlock}`);
  return unlock;
}
