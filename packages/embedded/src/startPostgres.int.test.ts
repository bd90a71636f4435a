import { chmod, mkdir, mkdtemp, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listProcesses } from './processTable.js';
import { type PostgresOptions, type PostgresServer, startPostgres } from './startPostgres.js';

let parent: string;
let dataDir: string;
const started: PostgresServer[] = [];

beforeEach(async () => {
  // Open to its owner only: PostgreSQL has to get through although it runs as somebody else when this is root.
  parent = await realpath(await mkdtemp(join(tmpdir(), 'cairn-postgres-')));
  dataDir = join(parent, "it's here");
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await rm(parent, { recursive: true, force: true });
});

/** Without waiting for the disk, which no test here depends on: even what a killed process has written is with the system. */
async function start(options: Partial<PostgresOptions> = { settings: { fsync: 'off' } }): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir, log: () => undefined, ...options });
  started.push(server);
  return server;
}

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  it('has a database of its own, durable and in UTF-8 with plain byte order', async () => {
    const { url } = await start({});
    const settings = [
      'synchronous_commit',
      'fsync',
      'full_page_writes',
      'jit',
      'timezone',
      'server_encoding',
      'listen_addresses',
      'unix_socket_directories',
    ];
    const rows = await query(url, `SELECT current_database()::text, ${settings.map((name) => `current_setting('${name}')`).join(', ')}`);
    expect(rows).toEqual([['cairn', 'on', 'on', 'on', 'off', 'UTC', 'UTF8', '127.0.0.1', '']]);
    expect(await query(url, `SELECT datcollate, datctype FROM pg_database WHERE datname = 'cairn'`)).toEqual([['C', 'C']]);
  });

  it('takes other settings, and lets nobody in without the password, which only the owner of the directory can read', async () => {
    const { url, adminUrl } = await start();
    expect(await query(url, `SELECT current_setting('fsync')`)).toEqual([['off']]);
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await query(adminUrl, 'SELECT 1')).toEqual([[1]]);
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('keeps port, password and data over a restart, a kill, and a stop and a new start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS value');
    await first.restart();
    await query(first.url, 'INSERT INTO kept VALUES (2)');
    await first.kill();
    await first.restart();
    await query(first.url, 'INSERT INTO kept VALUES (3)');
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT value FROM kept ORDER BY value')).toEqual([[1], [2], [3]]);
  });

  it('leaves no process behind when it is killed in the middle of a statement', async () => {
    const server = await start();
    const client = new Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    // Busy in the processor: such a child does not notice that its server is gone.
    const busy = client.query('SELECT count(*) FROM generate_series(1, 100000000000)');
    const cut = expect(busy).rejects.toThrow();
    await server.kill();
    await cut;
    const here = join(dataDir, 'data');
    expect((await listProcesses()).filter(({ cwd }) => cwd === here)).toEqual([]);
    await server.restart();
    expect(await query(server.url, 'SELECT 1')).toEqual([[1]]);
  });

  it('refuses a second server on the same directory', async () => {
    const { url } = await start();
    await expect(startPostgres({ dataDir, log: () => undefined })).rejects.toMatchObject({ code: 'data_dir_in_use' });
    expect(await query(url, 'SELECT 1')).toEqual([[1]]);
  });

  it('begins anew where the first start was cut short', async () => {
    await mkdir(join(dataDir, 'data.partial'), { recursive: true });
    await writeFile(join(dataDir, 'data.partial', 'PG_VERSION'), '18\n');
    const { url } = await start();
    expect(await query(url, 'SELECT 1')).toEqual([[1]]);
  });

  it('does not touch the data of another major version', async () => {
    await mkdir(join(dataDir, 'data'), { recursive: true });
    await writeFile(join(dataDir, 'data', 'PG_VERSION'), '15\n');
    await expect(startPostgres({ dataDir, log: () => undefined })).rejects.toMatchObject({ code: 'data_version' });
  });

  it('fails with what the server said, and leaves the directory free', async () => {
    const settings = { shared_buffers: 'plenty' };
    await expect(startPostgres({ dataDir, settings, log: () => undefined })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('shared_buffers') as string,
    });
    await start();
  });

  it('is closed to other users, but for passing through', async () => {
    await chmod(parent, 0o755);
    await start();
    expect((await stat(dataDir)).mode & 0o066).toBe(0);
    expect((await stat(join(dataDir, 'data'))).mode & 0o777).toBe(0o700);
  });
});
