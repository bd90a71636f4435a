import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { comparedColumns, comparedRows } from './comparedRows.js';
import type { ComparedTable } from './comparedTables.js';
import type { GenerationNames } from './generationNames.js';

/** A row as JSON, bytes as hex. */
export type RowAsJson = Readonly<Record<string, unknown>>;

export interface RowDifference {
  /** Null where only the other generation has the row. */
  live: RowAsJson | null;
  rebuilt: RowAsJson | null;
}

export interface TableDifference {
  /** All rows that differ; `rows` holds the first of them. */
  total: number;
  rows: RowDifference[];
}

/** The rows of a table in which the generations differ, in the order of their keys. */
export async function diffTable(
  db: Queryable,
  of: { names: GenerationNames; table: ComparedTable; tenantId: string | null; limit: number },
): Promise<TableDifference> {
  const { names, table, tenantId, limit } = of;
  const columns = await comparedColumns(db, { schema: names.generation, table });
  const key = ['tenant_id', ...table.key];
  const rows = await runQuery<RowDifference & { total: number }>(db, {
    text: `
      SELECT count(*) OVER () AS total,
             CASE WHEN live IS NULL THEN NULL ELSE to_jsonb(live) END AS live,
             CASE WHEN rebuilt IS NULL THEN NULL ELSE to_jsonb(rebuilt) END AS rebuilt
        FROM (SELECT live_row AS live, rebuilt_row AS rebuilt, ${key.map((column, n) => `coalesce(live_row.${column}, rebuilt_row.${column}) AS k${n}`).join(', ')}
                FROM (${comparedRows(names.live, table, columns)}) AS live_row
                     FULL JOIN (${comparedRows(names.generation, table, columns)}) AS rebuilt_row
                     ON ${key.map((column) => `live_row.${column} = rebuilt_row.${column}`).join(' AND ')}
               WHERE live_row IS DISTINCT FROM rebuilt_row) AS different
       ORDER BY ${key.map((_, n) => `k${n}`).join(', ')}
       LIMIT $2`,
    values: [tenantId, limit],
  });
  return { total: rows[0]?.total ?? 0, rows: rows.map(({ live, rebuilt }) => ({ live, rebuilt })) };
}
