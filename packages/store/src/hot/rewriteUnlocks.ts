import { float8Array, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from '../binaryArrays.js';
import { textListLiteral } from '../listLiterals.js';
import type { UnlockRewriteRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** What a user who was merged held before puts another origin to the same unlock. One that does not exist fails the transaction with CA003. */
const rewriteUnlocks: HotStatement = {
  name: 'cairn_rewrite_unlocks',
  text: `
    WITH written AS (
      UPDATE unlocks AS u
         SET version = r.version, value = r.value, threshold = r.threshold, xp_reward = r.xp_reward, unlocked_at = r.unlocked_at,
             caused_by = r.caused_by, message = r.message, evidence = r.evidence::text[]
        FROM unnest($1::int4[], $2::uuid[], $3::int4[], $4::float8[], $5::float8[], $6::int8[], $7::timestamptz[], $8::text[],
                    $9::text[], $10::text[])
             AS r(tenant_key, unlock_id, version, value, threshold, xp_reward, unlocked_at, caused_by, message, evidence)
       WHERE u.tenant_key = r.tenant_key AND u.unlock_id = r.unlock_id
      RETURNING 1
    )
    SELECT cairn_expect(count(*), $11::int8, 'CA003') FROM written`,
};

export function bindUnlockRewrites(rows: readonly UnlockRewriteRow[]): BoundStatement {
  return {
    ...rewriteUnlocks,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      uuidArray(rows.map((row) => row.unlockId)),
      int4Array(rows.map((row) => row.version)),
      float8Array(rows.map((row) => row.value)),
      float8Array(rows.map((row) => row.threshold)),
      int8Array(rows.map((row) => row.xpReward)),
      timestamptzArray(rows.map((row) => row.unlockedAt)),
      textArray(rows.map((row) => row.causedBy)),
      textArray(rows.map((row) => row.message)),
      textArray(rows.map((row) => textListLiteral(row.evidence))),
      String(rows.length),
    ],
  };
}
