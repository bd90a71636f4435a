import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { comparedColumns, comparedRows } from './comparedRows.js';
import type { ComparedTable } from './comparedTables.js';

export interface TableDigest {
  rows: number;
  /** The same for the same rows in whatever order. */
  digest: string;
}

/** Each row is hashed twice, and the hashes are added up: nothing needs to be sorted or held in memory. */
export async function digestTable(
  db: Queryable,
  of: { schema: string; table: ComparedTable; tenantId: string | null },
): Promise<TableDigest> {
  const columns = await comparedColumns(db, of);
  const [row] = await runQuery<{ rows: number; first: string; second: string }>(db, {
    text: `SELECT count(*) AS rows, coalesce(sum(hash_record_extended(r, 0)::numeric), 0)::text AS first,
                  coalesce(sum(hash_record_extended(r, 1)::numeric), 0)::text AS second
             FROM (${comparedRows(of.schema, of.table, columns)}) AS r`,
    values: [of.tenantId],
  });
  return { rows: row?.rows ?? 0, digest: `${row?.rows ?? 0}:${row?.first ?? 0}:${row?.second ?? 0}` };
}
