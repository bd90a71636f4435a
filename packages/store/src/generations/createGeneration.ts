import { openDatabase } from '../Database.js';
import { inTransaction } from '../inTransaction.js';
import { migrate } from '../migrate.js';
import type { Queryable } from '../Queryable.js';
import { runCommand, runQuery } from '../runQuery.js';
import type { GenerationPurpose } from './findGeneration.js';
import { type GenerationNames, urlOfSchema } from './generationNames.js';

export interface NewGeneration extends GenerationPurpose {
  names: GenerationNames;
  databaseUrl: string;
  partitions: number;
}

/** An empty generation: the same tables in a schema of their own. What an interrupted attempt has left must be dropped before. */
export async function createGeneration(live: Queryable, of: NewGeneration): Promise<void> {
  const { names, databaseUrl, partitions } = of;
  await runCommand(live, { text: `CREATE SCHEMA ${names.generation}` });
  const database = openDatabase({
    url: urlOfSchema(databaseUrl, names.generation),
    applicationName: 'cairn-replay',
    connectionsMax: 1,
    onError: () => undefined,
  });
  try {
    await migrate(database.pool, { partitions });
  } finally {
    await database.close();
  }
  await inTransaction(live, async (client) => {
    await adoptKeys(client, names, { table: 'tenants', key: 'tenant_key', by: ['tenant_id'] });
    await adoptKeys(client, names, { table: 'users', key: 'user_key', by: ['tenant_key', 'kind', 'user_id'] });
    await adoptKeys(client, names, { table: 'achievement_versions', key: 'definition_key', by: ['tenant_key', 'slug', 'version'] });
    // Written last: without it, the generation is not complete.
    await runCommand(client, {
      text: `CREATE TABLE ${names.generation}.generation (tenant_id text, source text NOT NULL, layout text NOT NULL, created_at timestamptz NOT NULL)`,
    });
    await runCommand(client, {
      text: `INSERT INTO ${names.generation}.generation VALUES ($1, $2, $3, now())`,
      values: [of.tenantId, of.source, of.layout],
    });
  });
}

/**
 * What has a surrogate key in the live generation gets the same one here, and all else one that the live one will not give away:
 * so rows can go from one to the other, and who keeps keys in memory need not forget them.
 */
async function adoptKeys(
  client: Queryable,
  { live, generation }: GenerationNames,
  of: { table: string; key: string; by: readonly string[] },
): Promise<void> {
  const { table, key, by } = of;
  const [sequence] = await runQuery<{ name: string }>(client, {
    text: 'SELECT pg_get_serial_sequence($1, $2) AS name',
    values: [`${live}.${table}`, key],
  });
  const isSame = by.map((column) => `known.${column} = NEW.${column}`).join(' AND ');
  const adopt = `${generation}.cairn_adopt_${key}`;
  await runCommand(client, {
    text: `
      CREATE FUNCTION ${adopt}() RETURNS trigger LANGUAGE plpgsql AS $adopt$
      BEGIN
        NEW.${key} := coalesce((SELECT known.${key} FROM ${live}.${table} AS known WHERE ${isSame}), nextval('${sequence?.name ?? ''}'));
        RETURN NEW;
      END
      $adopt$`,
  });
  await runCommand(client, {
    text: `CREATE TRIGGER cairn_adopt BEFORE INSERT ON ${generation}.${table} FOR EACH ROW EXECUTE FUNCTION ${adopt}()`,
  });
}
