import type { Queryable } from '../Queryable.js';
import { runCommand, runQuery } from '../runQuery.js';
import { MOVED_TABLES } from './comparedTables.js';
import type { GenerationNames } from './generationNames.js';
import { takeOverTenants } from './takeOverTenants.js';

/** Replaces all rows of one tenant, and none of the others'. To be called in a transaction that holds the partitions. */
export async function putTenantInPlace(client: Queryable, names: GenerationNames, tenantId: string): Promise<void> {
  const { live, generation } = names;
  await takeOverTenants(client, names, tenantId);
  const [tenant] = await runQuery<{ key: number }>(client, {
    text: `SELECT tenant_key AS key FROM ${live}.tenants WHERE tenant_id = $1`,
    values: [tenantId],
  });
  for (const table of MOVED_TABLES) {
    const columns = await columnsOf(client, `${live}.${table}`);
    await runCommand(client, { text: `DELETE FROM ${live}.${table} WHERE tenant_key = $1`, values: [tenant?.key] });
    await runCommand(client, {
      text: `INSERT INTO ${live}.${table} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ${generation}.${table} WHERE tenant_key = $1`,
      values: [tenant?.key],
    });
  }
}

async function columnsOf(client: Queryable, table: string): Promise<string> {
  const [row] = await runQuery<{ columns: string }>(client, {
    text: `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    values: [table],
  });
  return row?.columns ?? '';
}
