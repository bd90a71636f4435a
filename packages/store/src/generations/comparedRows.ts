import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { ComparedTable } from './comparedTables.js';

/** The names of the columns that rows of a table are compared by, in a fixed order. */
export async function comparedColumns(db: Queryable, { schema, table }: { schema: string; table: ComparedTable }): Promise<string[]> {
  const rows = await runQuery<{ name: string }>(db, {
    text: `SELECT attname AS name FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attname <> ALL ($2::text[])
            ORDER BY attname`,
    values: [`${schema}.${table.name}`, [...table.ignored, 'tenant_key']],
  });
  return rows.map(({ name }) => name);
}

/** A sub-select of rows in their canonical form. `$1` is the tenant, or null for all. */
export function comparedRows(schema: string, table: ComparedTable, columns: readonly string[]): string {
  const hasUser = columns.includes('user_key');
  const isTenants = table.name === 'tenants';
  const values = columns.filter((column) => column !== 'user_key' && column !== 'tenant_id').map((column) => canonical(table, column));
  const named = ['t.tenant_id', ...(hasUser ? ['u.kind', 'u.user_id'] : []), ...values];
  const users = hasUser ? `LEFT JOIN ${schema}.users AS u ON u.tenant_key = x.tenant_key AND u.user_key = x.user_key` : '';
  return `
    SELECT ${named.join(', ')}
      FROM ${schema}.${table.name} AS x
      ${isTenants ? `JOIN` : 'LEFT JOIN'} ${schema}.tenants AS t ON t.tenant_key = x.tenant_key
      ${users}
     WHERE ($1::text IS NULL OR t.tenant_id = $1::text) AND (${table.only ?? 'true'})`;
}

function canonical({ instead }: ComparedTable, column: string): string {
  const expression = instead?.[column];
  return expression === undefined ? `x.${column}` : `${expression} AS ${column}`;
}
