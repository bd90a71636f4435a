import { type Client, escapeIdentifier } from 'pg';
import { dropDatabase, newDatabaseName, templateName, urlOfDatabase, withClient } from './runDatabases.js';
import { testServers } from './testServers.js';

export interface FreshDatabase {
  readonly url: string;
  /** Drops the database, whoever is still connected to it. */
  drop(): Promise<void>;
}

/** What a new database should hold. */
export interface DatabaseContent {
  /** Names what `prepare` makes: in one run, whoever gives the same key gets a copy of the same database. */
  readonly key: string;
  /** Fills an empty database. Called once for each key and run, with no connection left open at the end. */
  prepare(url: string): Promise<void>;
}

/**
 * A database for one test file: empty, or a copy of one that was prepared once. Copying takes some ten milliseconds, however
 * long the preparation.
 */
export async function freshDatabase(content?: DatabaseContent): Promise<FreshDatabase> {
  const { runId, databaseUrl } = testServers();
  const name = newDatabaseName(runId);
  await withClient(databaseUrl, async (client) => {
    const template = content === undefined ? 'template0' : await ensureTemplate(client, content);
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`);
  });
  return {
    url: urlOfDatabase(databaseUrl, name),
    drop: () => withClient(databaseUrl, (client) => dropDatabase(client, name)),
  };
}

/** One test file prepares; the others that come meanwhile wait for it. */
async function ensureTemplate(client: Client, { key, prepare }: DatabaseContent): Promise<string> {
  const { runId, databaseUrl } = testServers();
  const name = templateName(runId, key);
  // Given back with the connection at the latest, whatever happens to this process.
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    if (await isComplete(client, name)) return name;
    // What an attempt that failed has left.
    await dropDatabase(client, name);
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0`);
    await prepare(urlOfDatabase(databaseUrl, name));
    await client.query(`ALTER DATABASE ${escapeIdentifier(name)} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    return name;
  } finally {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

/** A database is declared a template only when it has been prepared to the end. */
async function isComplete(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ template: boolean }>('SELECT datistemplate AS template FROM pg_database WHERE datname = $1', [
    name,
  ]);
  return rows[0]?.template === true;
}
