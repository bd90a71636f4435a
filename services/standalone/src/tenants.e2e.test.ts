import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Unlock } from '@cairn/contracts';
import { createClient, type TenantMerge, type XpReport } from '@cairn/sdk';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countsBuilds } from './testing/countsBuilds.js';
import { RunningServe } from './testing/RunningServe.js';

const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const USERS = ['ada', 'ben', 'carla'];
/** Of each user for the tenant that ends, before it does. */
const EVENTS_BEFORE = 500;
const EVENTS_BEHIND = 30;
const ANSWER_MS_MAX = 30_000;

let dataDir: string;
let cairn: RunningServe;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-tenants-'));
  await start();
  const all = EVENTS_BEFORE + 2 * EVENTS_BEHIND;
  const pack = { pack: 'builds', achievements: [countsBuilds('first', 1), countsBuilds('all', all), countsBuilds('more', all + 1)] };
  await writeFile(join(dataDir, 'builds.yaml'), JSON.stringify(pack));
  await call('packs', 'apply', 'builds.yaml');
});

afterAll(async () => {
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn', CAIRN_NATS_TENANTS: '*' });
}

async function call(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [BINARY, ...args], { cwd: dataDir, env: { ...process.env, CAIRN_DATA_DIR: dataDir } });
  return stdout;
}

const eventOf = (tenant: string, user: string, n: number) => ({
  event_id: `${user}-${n}`,
  type: 'build.done',
  actor: { user_id: user, tenant_id: tenant },
  occurred_at: '2026-04-12T10:00:00Z',
});

/** Over the public door, as a producer of another tenant does. */
async function send(tenant: string, numbers: readonly number[]): Promise<void> {
  const { nats_url: natsUrl } = await cairn.runtime();
  const nats = await connect({ servers: natsUrl });
  const js = jetstream(nats, { timeout: ANSWER_MS_MAX });
  await Promise.all(USERS.flatMap((user) => numbers.map((n) => js.publish('events.build.done', JSON.stringify(eventOf(tenant, user, n))))));
  await nats.close();
}

const numbersFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const status = async (): Promise<{ lag: number }> => JSON.parse(await call('status', '--json')) as { lag: number };

// proves: tenants-one
it('makes one tenant of two while both are sent events, though everything is killed in the middle', async () => {
  await send('lab', numbersFrom(0, EVENTS_BEFORE));
  await eventually(async () => expect((await status()).lag).toBe(0), { timeoutMs: 60_000 });
  expect(await call('tenants', 'merge', 'lab', 'default', '--reason', 'one department')).toContain('lab was merged into default');
  await send('default', numbersFrom(0, EVENTS_BEHIND));
  await cairn.end('SIGKILL');
  await start();
  await send('lab', numbersFrom(EVENTS_BEFORE - 5, EVENTS_BEHIND + 5));
  await eventually(
    async () => {
      const { history } = JSON.parse(await call('tenants', 'show', 'lab', '--json')) as TenantMerge;
      expect(history.finished_at).not.toBeNull();
      expect((await status()).lag).toBe(0);
    },
    { timeoutMs: 60_000 },
  );
  const { url, token } = await cairn.runtime();
  const client = createClient({ url, token });
  for (const user of USERS) {
    const report: XpReport = await client.xp(user);
    expect(report).toMatchObject({ total: 20 });
    const { items } = JSON.parse(await call('unlocks', user, '--json')) as { items: Unlock[] };
    expect(items.map(({ achievement }) => achievement.slug).sort()).toEqual(['all', 'first']);
  }
  expect(await call('tenants', 'merge', 'lab', 'default', '--reason', 'again')).toContain('is part of default already');
  expect(JSON.parse(await call('replay', '--verify', '--json'))).toMatchObject({ verdict: 'equal' });
}, 240_000);
