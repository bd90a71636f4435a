import { int4Array, textArray, uuidArray } from '../binaryArrays.js';
import { intListLiteral } from '../listLiterals.js';
import type { MatchRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** Where they are all there already, the row is left as it is, and so is that of an event that was erased meanwhile. */
const addMatches: HotStatement = {
  name: 'cairn_add_matches',
  text: `
    UPDATE events AS e SET matched = coalesce(e.matched, '{}') || r.keys::int4[]
      FROM unnest($1::int4[], $2::uuid[], $3::text[]) AS r(tenant_key, event_id_hash, keys)
     WHERE e.tenant_key = r.tenant_key AND e.event_id_hash = r.event_id_hash
       AND NOT (coalesce(e.matched, '{}') @> r.keys::int4[]) AND e.user_key >= 0`,
};

export function bindMatches(rows: readonly MatchRow[]): BoundStatement {
  return {
    ...addMatches,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      uuidArray(rows.map((row) => row.eventIdHash)),
      textArray(rows.map((row) => intListLiteral(row.definitionKeys))),
    ],
  };
}
