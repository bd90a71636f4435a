import { textArray } from '../binaryArrays.js';
import type { RecountChange, RecountRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/** Begun again, it goes on where it was: the entry that asks for it may be applied twice. */
const beginRecount: HotStatement = {
  name: 'cairn_begin_recount',
  text: `INSERT INTO recounts (tenant_key, partition, log_seq, kind, cause, at, slugs, xp_rules)
         VALUES ($1::int4, $2::int2, $3::int8, $4::text, $5::text, to_timestamp($6::float8 / 1000), $7::text[], $8::text[])
         ON CONFLICT DO NOTHING`,
};

const moveRecount: HotStatement = {
  name: 'cairn_move_recount',
  text: `UPDATE recounts SET slices = $5::int4, slices_done = $6::int4, scanned_key = $7::int8, by_hand = $8::text[],
                             read_seq = CASE slices_done WHEN $6::int4 THEN read_seq ELSE 0 END
          WHERE tenant_key = $1::int4 AND partition = $2::int2 AND log_seq = $3::int8 AND kind = $4::text`,
};

const endRecount: HotStatement = {
  name: 'cairn_end_recount',
  text: 'DELETE FROM recounts WHERE tenant_key = $1::int4 AND partition = $2::int2 AND log_seq = $3::int8 AND kind = $4::text',
};

export function bindRecountChange(partition: number, { change, row }: RecountChange): BoundStatement {
  const key = [String(row.tenantKey), String(partition), String(row.logSeq), row.kind];
  switch (change) {
    case 'begin':
      return { ...beginRecount, values: [...key, row.cause, String(row.at), textArray(row.slugs), textArray(row.xpRules)] };
    case 'move':
      return { ...moveRecount, values: [...key, ...progressOf(row), textArray(row.byHand)] };
    case 'end':
      return { ...endRecount, values: key };
  }
}

function progressOf({ slices, slicesDone, scannedKey }: RecountRow): string[] {
  return [slices, slicesDone, scannedKey].map(String);
}
