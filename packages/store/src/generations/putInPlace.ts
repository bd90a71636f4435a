import type { Queryable } from '../Queryable.js';
import { runCommand, runQuery } from '../runQuery.js';
import { MOVED_TABLES } from './comparedTables.js';
import type { GenerationNames } from './generationNames.js';
import { takeOverTenants } from './takeOverTenants.js';

/** Tables that move, and whose surrogate keys go on behind those that either generation has given away. */
const KEYED_TABLES = [
  { table: 'users', key: 'user_key' },
  { table: 'achievement_versions', key: 'definition_key' },
] as const;

/**
 * Puts a rebuilt generation in the place of the live one, which is retired: tables change their schema, no row is copied. To be
 * called in a transaction that holds the partitions.
 */
export async function putInPlace(client: Queryable, names: GenerationNames): Promise<void> {
  const { live, generation, retired } = names;
  for (const { table } of KEYED_TABLES) await runCommand(client, { text: `DROP TRIGGER cairn_adopt ON ${generation}.${table}` });
  await takeOverTenants(client, names, null);
  await runCommand(client, { text: `CREATE SCHEMA ${retired}` });
  for (const table of MOVED_TABLES) {
    await runCommand(client, { text: `ALTER TABLE ${live}.${table} SET SCHEMA ${retired}` });
    await runCommand(client, { text: `ALTER TABLE ${generation}.${table} SET SCHEMA ${live}` });
  }
  for (const { table, key } of KEYED_TABLES) {
    await runQuery(client, {
      text: `SELECT setval(pg_get_serial_sequence($2, $3), nextval(pg_get_serial_sequence($1, $3)))`,
      values: [`${retired}.${table}`, `${live}.${table}`, key],
    });
  }
}
