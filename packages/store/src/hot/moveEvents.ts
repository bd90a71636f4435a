import { int4Array, int8Array } from '../binaryArrays.js';
import type { EventMoveRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** Whose they were stays known: by it the log decides which of two copies came first. */
const moveEvents: HotStatement = {
  name: 'cairn_move_events',
  text: `
    UPDATE events AS e SET user_key = m.into_key, origin_key = coalesce(e.origin_key, e.user_key)
      FROM unnest($1::int4[], $2::int8[], $3::int8[]) AS m(tenant_key, from_key, into_key)
     WHERE e.tenant_key = m.tenant_key AND e.user_key = m.from_key`,
};

export function bindEventMoves(rows: readonly EventMoveRow[]): BoundStatement {
  return {
    ...moveEvents,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      int8Array(rows.map((row) => row.fromKey)),
      int8Array(rows.map((row) => row.intoKey)),
    ],
  };
}
