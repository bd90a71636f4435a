import { type Uuid, uuidArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface OriginalRow {
  /** UUID text in lower case. */
  eventIdHash: string;
  logSeq: number;
  logIndex: number;
}

/** Which entry of the log is the original of an event, where a replay meets it and its duplicates. One that was retracted has none. */
export async function findOriginals(db: Queryable, query: { tenantKey: number; eventIdHashes: readonly Uuid[] }): Promise<OriginalRow[]> {
  return runQuery<OriginalRow>(db, {
    text: `SELECT event_id_hash AS "eventIdHash", log_seq AS "logSeq", log_index AS "logIndex"
             FROM events WHERE tenant_key = $1::int4 AND event_id_hash = ANY ($2::uuid[]) AND retracted_seq IS NULL`,
    values: [query.tenantKey, uuidArray(query.eventIdHashes)],
  });
}
