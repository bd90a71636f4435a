import { int4Array, int8Array, uuidArray } from '../binaryArrays.js';
import type { RetractionRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/**
 * What they matched goes with them, so that no unlock takes them for evidence. The first retraction of an event is the one that counts. One
 * that was erased meanwhile, by a partition that is ahead, is nobody's, and nothing is said of it any more.
 */
const applyRetractions: HotStatement = {
  name: 'cairn_apply_retractions',
  text: `
    UPDATE events AS e SET retracted_seq = r.log_seq, matched = NULL
      FROM unnest($1::int4[], $2::uuid[], $3::int8[]) AS r(tenant_key, event_id_hash, log_seq)
     WHERE e.tenant_key = r.tenant_key AND e.event_id_hash = r.event_id_hash AND e.retracted_seq IS NULL AND e.user_key >= 0`,
};

export function bindRetractions(rows: readonly RetractionRow[]): BoundStatement {
  return {
    ...applyRetractions,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      uuidArray(rows.map((row) => row.eventIdHash)),
      int8Array(rows.map((row) => row.logSeq)),
    ],
  };
}
