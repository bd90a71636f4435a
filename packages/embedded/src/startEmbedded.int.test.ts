import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forEachLine } from './forEachLine.js';
import { listProcesses, processIdentity } from './processTable.js';
import { type EmbeddedServers, startEmbedded } from './startEmbedded.js';
import { stopOrphanedNatsServer } from './stopOrphanedNatsServer.js';
import { stopOrphanedPostgres } from './stopOrphanedPostgres.js';

const require = createRequire(import.meta.url);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

let dataDir: string;
const started: EmbeddedServers[] = [];
const parents: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await realpath(await mkdtemp(join(tmpdir(), 'cairn-embedded-')));
});

afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  await Promise.all(started.splice(0).map((servers) => servers.stop()));
  await stopOrphanedNatsServer(join(dataDir, 'nats'));
  await stopOrphanedPostgres(join(dataDir, 'postgres'));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedServers> {
  const servers = await startEmbedded({ dataDir, log: () => undefined });
  started.push(servers);
  return servers;
}

interface Announcement {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly pids: number[];
}

/** Another process that starts the servers here. */
async function startInParent(): Promise<{ parent: ChildProcess; announced: Announcement }> {
  const parent = spawn(
    process.execPath,
    ['--conditions=cairn:source', '--import', require.resolve('tsx'), 'test-support/embeddedParent.mjs', dataDir],
    {
      cwd: PACKAGE,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  parents.push(parent);
  const errors: string[] = [];
  forEachLine(parent.stderr, (line) => errors.push(line));
  const announced = await new Promise<Announcement>((resolve, reject) => {
    forEachLine(parent.stdout, (line) => resolve(JSON.parse(line) as Announcement));
    parent.once('exit', () => reject(new Error(errors.join('\n'))));
  });
  return { parent, announced };
}

async function put({ natsUrl, databaseUrl }: Pick<EmbeddedServers, 'natsUrl' | 'databaseUrl'>): Promise<void> {
  const connection = await connect({ servers: natsUrl });
  await (await jetstreamManager(connection)).streams.add({ name: 'S', subjects: ['s'] });
  await jetstream(connection).publish('s', 'kept');
  await connection.close();
  await query(databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS value');
}

async function expectKept({ natsUrl, databaseUrl }: EmbeddedServers): Promise<void> {
  const connection = await connect({ servers: natsUrl });
  const message = await (await jetstreamManager(connection)).streams.getMessage('S', { seq: 1 });
  await connection.close();
  expect(message?.string()).toBe('kept');
  expect(await query(databaseUrl, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text);
  await client.end();
  return rows;
}

async function alive(pids: readonly number[]): Promise<boolean[]> {
  return Promise.all(pids.map(async (pid) => (await processIdentity(pid)) !== null));
}

async function killed(parent: ChildProcess): Promise<void> {
  const exit = once(parent, 'exit');
  parent.kill('SIGKILL');
  await exit;
}

describe('startEmbedded', () => {
  it('starts both, and stops both', async () => {
    const servers = await start();
    await put(servers);
    const pids = [servers.nats.pid, servers.postgres.pid];
    expect(await alive(pids)).toEqual([true, true]);
    await servers.stop();
    expect(await alive(pids)).toEqual([false, false]);
    await expectKept(await start());
  });

  it('starts cleanly after its parent was killed, with the servers of that one still there', async () => {
    const { parent, announced } = await startInParent();
    await put(announced);
    await killed(parent);
    const servers = await start();
    expect(await alive(announced.pids)).toEqual([false, false]);
    expect([servers.natsUrl, servers.databaseUrl]).toEqual([announced.natsUrl, announced.databaseUrl]);
    await expectKept(servers);
  });

  it('starts cleanly after everything was killed', async () => {
    const { parent, announced } = await startInParent();
    await put(announced);
    for (const pid of announced.pids) process.kill(pid, 'SIGKILL');
    await killed(parent);
    await expectKept(await start());
  });

  it('refuses a directory that another process uses, and does that one no harm', async () => {
    const { parent, announced } = await startInParent();
    await expect(startEmbedded({ dataDir, log: () => undefined })).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${parent.pid}`) as string,
    });
    await put(announced);
  });

  it('does not let a Ctrl-C of the terminal reach the servers', async () => {
    const { announced } = await startInParent();
    const groups = announced.pids.map((pid) => -pid);
    // Each leads a group of its own: signal 0 to the group finds it.
    for (const group of groups) expect(() => process.kill(group, 0)).not.toThrow();
  });

  it('gives the directory free and leaves nothing running when one of the two cannot start', async () => {
    const options = { dataDir, log: () => undefined, natsServerBinary: '/nowhere/nats-server' };
    await expect(startEmbedded(options)).rejects.toMatchObject({ code: 'nats_server_missing' });
    expect((await listProcesses()).filter(({ command }) => command.includes(dataDir))).toEqual([]);
    await start();
  });
});
