import { int4Array, int8Array, uuidArray } from '../binaryArrays.js';
import type { XpTotalRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** The running total alone: what was earned, when and why never changes. */
const updateXpTotals: HotStatement = {
  name: 'cairn_update_xp_totals',
  text: `
    UPDATE xp_entries AS x SET total_after = r.total_after
      FROM unnest($1::int4[], $2::int8[], $3::uuid[], $4::int8[]) AS r(tenant_key, user_key, entry_id, total_after)
     WHERE x.tenant_key = r.tenant_key AND x.user_key = r.user_key AND x.entry_id = r.entry_id`,
};

export function bindXpTotals(rows: readonly XpTotalRow[]): BoundStatement {
  return {
    ...updateXpTotals,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      int8Array(rows.map((row) => row.userKey)),
      uuidArray(rows.map((row) => row.entryId)),
      int8Array(rows.map((row) => row.totalAfter)),
    ],
  };
}
