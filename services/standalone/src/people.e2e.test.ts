import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Unlock } from '@cairn/contracts';
import { createClient, type XpReport } from '@cairn/sdk';
import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countsBuilds } from './testing/countsBuilds.js';
import { RunningServe } from './testing/RunningServe.js';

const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const EVENTS = 40;

let dataDir: string;
let cairn: RunningServe;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-people-'));
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  const pack = { pack: 'builds', achievements: [countsBuilds('first', 1), countsBuilds('most', 60), countsBuilds('all', 2 * EVENTS)] };
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

// proves: merge-once, alias-not-lost
it('makes one user of two while events come under both names, and both names lead there', async () => {
  const { url, token } = await cairn.runtime();
  const client = createClient({ url, token });
  const send = async (n: number, user: string) =>
    client.sendEvents([{ event_id: `${user}-${n}`, type: 'build.done', actor: { user_id: user }, occurred_at: '2026-04-12T10:00:00Z' }]);
  const traffic = (async () => {
    for (let n = 0; n < EVENTS; n++) await Promise.all([send(n, 'ada.byron'), send(n, 'ada.king')]);
  })();
  for (const user of ['ada.byron', 'ada.king']) await eventually(async () => expect((await client.xp(user)).total).toBeGreaterThan(0));
  expect(await call('users', 'merge', 'ada.byron', 'ada.king', '--reason', 'married')).toContain('was merged into ada.king');
  await traffic;
  await eventually(async () => {
    const progress = await client.progress('ada.byron');
    expect(progress.map(({ slug, status }) => `${slug} ${status}`)).toEqual(['all unlocked', 'first unlocked', 'most unlocked']);
  });
  const reports: XpReport[] = await Promise.all(['ada.byron', 'ada.king'].map((user) => client.xp(user)));
  expect(reports[0]).toEqual(reports[1]);
  expect(reports[0]).toMatchObject({ total: 30 });
  const { items: unlocks } = JSON.parse(await call('unlocks', 'ada.byron', '--json')) as { items: Unlock[] };
  expect(unlocks.map(({ user_id, achievement }) => `${String(user_id)} ${achievement.slug}`).sort()).toEqual([
    'ada.king all',
    'ada.king first',
    'ada.king most',
  ]);
  expect(JSON.parse(await call('replay', '--verify', '--json'))).toMatchObject({ verdict: 'equal' });
}, 120_000);
