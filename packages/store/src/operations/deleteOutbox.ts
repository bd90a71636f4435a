import { int8Array } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** After the PubAck. Returns how many were still there. */
export async function deleteOutbox(db: Queryable, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  return runCommand(db, {
    text: 'DELETE FROM outbox WHERE id = ANY ($1::int8[])',
    values: [int8Array(ids)],
  });
}
