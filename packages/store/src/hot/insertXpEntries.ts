import { int4Array, int8Array, textArray, timestamptzArray, uuidArray } from '../binaryArrays.js';
import type { XpRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

const insertXpEntries: HotStatement = {
  name: 'cairn_insert_xp_entries',
  text: `
    INSERT INTO xp_entries (tenant_key, user_key, entry_id, amount, total_after, reason, slug, level, period, rule_id,
                            occurred_at, caused_by, log_seq, ordinal)
    SELECT r.*
      FROM unnest($1::int4[], $2::int8[], $3::uuid[], $4::int8[], $5::int8[], $6::text[], $7::text[], $8::text[],
                  $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::int8[], $14::int4[])
           AS r(tenant_key, user_key, entry_id, amount, total_after, reason, slug, level, period, rule_id,
                occurred_at, caused_by, log_seq, ordinal)
     ORDER BY r.tenant_key, r.user_key, r.entry_id`,
};

export function bindXpEntries(rows: readonly XpRow[]): BoundStatement {
  return {
    ...insertXpEntries,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      int8Array(rows.map((row) => row.userKey)),
      uuidArray(rows.map((row) => row.entryId)),
      int8Array(rows.map((row) => row.amount)),
      int8Array(rows.map((row) => row.totalAfter)),
      textArray(rows.map((row) => row.reason)),
      textArray(rows.map((row) => row.slug)),
      textArray(rows.map((row) => row.level)),
      textArray(rows.map((row) => row.period)),
      textArray(rows.map((row) => row.ruleId)),
      timestamptzArray(rows.map((row) => row.occurredAt)),
      textArray(rows.map((row) => row.causedBy)),
      int8Array(rows.map((row) => row.logSeq)),
      int4Array(rows.map((row) => row.ordinal)),
    ],
  };
}
