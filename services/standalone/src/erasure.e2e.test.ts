import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeUserToken } from '@cairn/contracts';
import { createClient } from '@cairn/sdk';
import { openDatabase } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countsBuilds } from './testing/countsBuilds.js';
import { RunningServe } from './testing/RunningServe.js';

const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const GONE = 'gräfin.ada@example.org';
const MARKER = 'what-only-ada-said';
/** How her id may be written. */
const TRACES = [GONE, encodeUserToken(GONE), encodeURIComponent(GONE), MARKER];

let dataDir: string;
let archive: string;
let cairn: RunningServe;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-erasure-'));
  archive = join(dataDir, 'archived');
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  const pack = {
    pack: 'builds',
    achievements: [countsBuilds('first', 1), countsBuilds('ten', 10), countsBuilds('team-many', 25, { scope: 'team' })],
  };
  await writeFile(join(dataDir, 'builds.yaml'), JSON.stringify(pack));
  await call('packs', 'apply', 'builds.yaml');
});

afterAll(async () => {
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function call(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [BINARY, ...args], { cwd: dataDir, env: { ...process.env, CAIRN_DATA_DIR: dataDir } });
  return stdout;
}

const event = (n: number, user: string) => ({
  event_id: `e-${n}`,
  type: 'build.done',
  actor: { user_id: user, team_id: 'core' },
  source: { ref: `build/${n}` },
  occurred_at: '2026-04-12T10:00:00Z',
  properties: { note: user === GONE ? MARKER : 'nothing' },
});

/** Over both doors, some of it twice, some of it wrong; a part of it archived. */
async function live(): Promise<void> {
  const { url, token, nats_url: natsUrl } = await cairn.runtime();
  const client = createClient({ url, token });
  const users = [GONE, 'ben', 'carla'];
  await client.sendEvents(Array.from({ length: 30 }, (_, n) => event(n, users[n % 3] ?? GONE)));
  await client.sendEvents(Array.from({ length: 6 }, (_, n) => event(n, users[n % 3] ?? GONE)));
  await client.waitUntilEvaluated();
  await call('archive', 'export', archive);
  const nats = await connect({ servers: natsUrl ?? '', noAsyncTraces: true });
  for (const [n, user] of [GONE, 'ben', GONE].entries()) nats.publish('events.build.done', JSON.stringify(event(100 + n, user)));
  nats.publish('events.build.done', JSON.stringify({ ...event(200, GONE), occurred_at: 'never' }));
  nats.publish('events.build.done', `{"actor": {"user_id": "${GONE}"`);
  await nats.drain();
  await eventually(async () => expect((await client.status()).dead_letters).toBe(2));
  await client.waitUntilEvaluated();
  await client.retractEvent('e-3', `${GONE} did not do it`);
  await client.grant(GONE, { slug: 'ten', reason: `well done, ${GONE}` });
  await client.waitUntilEvaluated();
}

/** All that stands in the tables, as JSON. */
async function tables(): Promise<string[]> {
  const { database_url: url } = await cairn.runtime();
  const database = openDatabase({ url: url ?? '', applicationName: 'test', onError: () => undefined });
  try {
    const { rows } = await database.pool.query<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    const all: string[] = [];
    for (const { name } of rows)
      for (const { row } of (await database.pool.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} AS t`)).rows)
        all.push(`${name} ${row.replaceAll(/\\\\x([0-9a-f]*)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('utf8'))}`);
    return all;
  } finally {
    await database.close();
  }
}

/** The files below a directory that hold a trace, in whatever bytes they consist of. */
async function filesWithTraces(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (TRACES.some((trace) => bytes.includes(trace))) found.push(join(entry.parentPath, entry.name));
  }
  return found;
}

const hasTrace = (text: string): boolean => TRACES.some((trace) => text.includes(trace));

// proves: erased-everywhere, erased-for-nobody-else
it('leaves no byte of a user in tables, streams and archives, and everybody else as they were', async () => {
  await live();
  expect((await tables()).filter(hasTrace).length).toBeGreaterThan(1);
  expect((await filesWithTraces(join(dataDir, 'nats'))).length).toBeGreaterThan(1);
  const others = await Promise.all(
    ['ben', 'carla'].map(async (user) => [await call('unlocks', user, '--json'), await call('xp', user, '--json')]),
  );

  const erased = JSON.parse(await call('users', 'erase', GONE, '--reason', 'asked for', '--yes', '--json')) as object;
  expect(erased).toMatchObject({ status: 'done', waits_for: null, dead_letters: 2 });
  expect(JSON.parse(await call('archive', 'erase', archive, '--user', GONE, '--json'))).toMatchObject({ files: 1 });
  await call('archive', 'export', archive);

  expect((await tables()).filter(hasTrace)).toEqual([]);
  expect(await call('users', 'erasures', '--json')).not.toContain(GONE);
  expect(
    await Promise.all(['ben', 'carla'].map(async (user) => [await call('unlocks', user, '--json'), await call('xp', user, '--json')])),
  ).toEqual(others);
  expect(await call('unlocks', '--team', 'core', '--json')).not.toContain('team-many');
  expect(JSON.parse(await call('archive', 'verify', archive, '--json'))).toMatchObject({ files: 2 });
  for (const source of [[], ['--from-archive', archive]])
    expect(JSON.parse(await call('replay', '--verify', '--json', ...source))).toMatchObject({ verdict: 'equal' });
  await cairn.end('SIGTERM');
  expect(await filesWithTraces(join(dataDir, 'nats'))).toEqual([]);
}, 180_000);
