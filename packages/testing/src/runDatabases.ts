import { createHash, randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';

const NAME_BYTES = 6;
const KEY_CHARS = 12;

/** The name of a new database of this run. */
export function newDatabaseName(runId: string): string {
  return `${prefixOf(runId)}${randomBytes(NAME_BYTES).toString('hex')}`;
}

/** The name of the template that belongs to a key, the same in all test files of the run. */
export function templateName(runId: string, key: string): string {
  return `${prefixOf(runId)}template_${createHash('sha256').update(key).digest('hex').slice(0, KEY_CHARS)}`;
}

/** The same server and user, another database. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs an action with a connection of its own, which is closed afterwards. */
export async function withClient<T>(url: string, action: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

export async function dropDatabase(client: Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
}

/** Drops what the test files of a run have left: their templates, and databases of files that were cut short. */
export async function dropRunDatabases(serverUrl: string, runId: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string; template: boolean }>(
      'SELECT datname AS name, datistemplate AS template FROM pg_database WHERE starts_with(datname, $1)',
      [prefixOf(runId)],
    );
    for (const { name, template } of rows) {
      if (template) await client.query(`ALTER DATABASE ${escapeIdentifier(name)} IS_TEMPLATE false`);
      await dropDatabase(client, name);
    }
  });
}

function prefixOf(runId: string): string {
  return `cairn_test_${runId}_`;
}
