import { int4Array, int8Array, textArray, timestamptzArray, uuidArray } from '../binaryArrays.js';
import type { RevocationRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** Revokes, or restores where `revoked_at` is null. An unlock that does not exist fails the transaction with CA003. */
const applyRevocations: HotStatement = {
  name: 'cairn_apply_revocations',
  text: `
    WITH written AS (
      UPDATE unlocks AS u
         SET revoked_at = r.revoked_at, revoked_reason = r.revoked_reason, restored_seq = r.restored_seq,
             restored_index = r.restored_index, restored_at = r.restored_at, restored_by = r.restored_by
        FROM unnest($1::int4[], $2::uuid[], $3::timestamptz[], $4::text[], $6::int8[], $7::int4[], $8::timestamptz[], $9::text[])
             AS r(tenant_key, unlock_id, revoked_at, revoked_reason, restored_seq, restored_index, restored_at, restored_by)
       WHERE u.tenant_key = r.tenant_key AND u.unlock_id = r.unlock_id
      RETURNING 1
    )
    SELECT cairn_expect(count(*), $5::int8, 'CA003') FROM written`,
};

export function bindRevocations(rows: readonly RevocationRow[]): BoundStatement {
  return {
    ...applyRevocations,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      uuidArray(rows.map((row) => row.unlockId)),
      timestamptzArray(rows.map((row) => row.revokedAt)),
      textArray(rows.map((row) => row.revokedReason)),
      String(rows.length),
      int8Array(rows.map(({ restored }) => restored?.logSeq ?? null)),
      int4Array(rows.map(({ restored }) => restored?.logIndex ?? null)),
      timestamptzArray(rows.map(({ restored }) => restored?.at ?? null)),
      textArray(rows.map(({ restored }) => restored?.causedBy ?? null)),
    ],
  };
}
