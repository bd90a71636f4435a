import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedServers, startEmbedded } from '@cairn/embedded';
import { type Database, openDatabase } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EvaluatorFleet } from './testing/EvaluatorFleet.js';
import { RunningServe } from './testing/RunningServe.js';
import { type SentEvent, SteadyTraffic } from './testing/SteadyTraffic.js';

const TOKEN = 'scale-out-0123456789abcdef';
const LEVELS = [
  { name: 'some', threshold: 10, xp_reward: 5 },
  { name: 'many', threshold: 40, xp_reward: 20 },
];
const EXPLORER = { threshold: 9, xp_reward: 30 };
const PACK = {
  pack: 'scale',
  achievements: [
    {
      slug: 'builder',
      name: 'Builder',
      reason: 'To see each event counted once.',
      criteria: { type: 'count', event: 'build.succeeded' },
      levels: LEVELS,
    },
    {
      slug: 'explorer',
      name: 'Explorer',
      reason: 'To see a set survive every hand-over.',
      criteria: { type: 'distinct', event: 'build.succeeded', value: 'properties.repo', threshold: EXPLORER.threshold },
      xp_reward: EXPLORER.xp_reward,
    },
  ],
  xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }],
};
const DRAIN_MS_MAX = 90_000;
/** One test with six hand-overs, each of which may take as long as a slow machine lets it. */
const TEST_MS_MAX = 900_000;

let dataDir: string;
let servers: EmbeddedServers;
let database: Database;
let doors: RunningServe;
let fleet: EvaluatorFleet;
let url: string;
const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
  servers = await startEmbedded({ dataDir: join(dataDir, 'servers'), log: () => undefined });
  const env = { NATS_URL: servers.natsUrl, DATABASE_URL: servers.databaseUrl, CAIRN_TOKEN: TOKEN, CAIRN_LOG_LEVEL: 'error' };
  doors = await RunningServe.start(['serve', '--target', 'ingest,api'], {
    ...env,
    CAIRN_DATA_DIR: join(dataDir, 'doors'),
    CAIRN_PORT: '0',
  });
  url = ((await doors.runtime()) as { url: string }).url;
  database = openDatabase({ url: servers.databaseUrl, applicationName: 'scale-out-test', onError: fail });
  fleet = new EvaluatorFleet({ env, dataDir, database });
});
afterAll(async () => {
  await fleet.stop();
  await doors.end('SIGTERM');
  await database.close();
  await servers.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it(
  'hands partitions over when evaluators join, leave, are killed and freeze, with every event counted once',
  async () => {
    await fleet.join('ann');
    await call('PUT', '/v1/admin/packs/scale', PACK);
    const traffic = new SteadyTraffic((events) => call('POST', '/v1/events', events));
    traffic.start();
    await fleet.own(['ann']);
    await fleet.join('bob');
    await fleet.own(['ann', 'bob']);
    await fleet.join('cid');
    await fleet.own(['ann', 'bob', 'cid']);
    await fleet.leave('ann');
    await fleet.own(['bob', 'cid']);
    await fleet.kill('bob');
    await fleet.own(['cid']);
    await fleet.join('dan');
    await fleet.own(['cid', 'dan']);
    fleet.freeze('cid');
    await fleet.own(['dan']);
    await allEvaluated(traffic.sent.at(-1));
    fleet.thaw('cid');
    await fleet.own(['cid', 'dan']);
    await traffic.stop();

    await eventually(
      async () => {
        expect(await rows('SELECT count(*)::int AS n FROM events')).toEqual([{ n: traffic.sent.length }]);
        expect(await rows('SELECT count(*)::int AS n FROM outbox')).toEqual([{ n: 0 }]);
      },
      { timeoutMs: DRAIN_MS_MAX },
    );
    const counted = recount(traffic.sent);
    expect(await rows(EVENTS_OF_USERS)).toEqual(counted.events);
    expect(await rows(UNLOCKS_OF_USERS)).toEqual(counted.unlocks);
    expect(await rows(XP_OF_USERS)).toEqual(counted.xp);
  },
  TEST_MS_MAX,
);

const EVENTS_OF_USERS = 'SELECT user_id, count(*)::int AS n FROM events JOIN users USING (tenant_key, user_key) GROUP BY 1 ORDER BY 1';
const UNLOCKS_OF_USERS = `SELECT user_id, array_agg(slug || ' ' || level ORDER BY slug, level) AS held
  FROM unlocks JOIN users USING (tenant_key, user_key) GROUP BY 1 ORDER BY 1`;
const XP_OF_USERS = 'SELECT user_id, sum(amount)::int AS xp FROM xp_entries JOIN users USING (tenant_key, user_key) GROUP BY 1 ORDER BY 1';

/** From the list of what was sent, with nothing of Cairn's. */
function recount(sent: readonly SentEvent[]) {
  const perUser = new Map<string, SentEvent[]>();
  for (const event of sent) perUser.set(event.actor.user_id, [...(perUser.get(event.actor.user_id) ?? []), event]);
  const users = [...perUser].sort(([a], [b]) => (a < b ? -1 : 1)).map(([user_id, own]) => ({ user_id, n: own.length, ...unlocksOf(own) }));
  return {
    events: users.map(({ user_id, n }) => ({ user_id, n })),
    unlocks: users.filter(({ held }) => held.length > 0).map(({ user_id, held }) => ({ user_id, held })),
    xp: users.map(({ user_id, n, reward }) => ({ user_id, xp: n + reward })),
  };
}

function unlocksOf(own: readonly SentEvent[]): { held: string[]; reward: number } {
  const levels = LEVELS.filter(({ threshold }) => own.length >= threshold);
  const explored = new Set(own.map(({ properties }) => properties.repo)).size >= EXPLORER.threshold;
  const reward = levels.reduce((sum, { xp_reward }) => sum + xp_reward, 0) + (explored ? EXPLORER.xp_reward : 0);
  const held = [...levels.map(({ name }) => `builder ${name}`).sort(), ...(explored ? ['explorer '] : [])];
  return { held, reward };
}

async function allEvaluated(event: SentEvent | undefined): Promise<void> {
  await eventually(
    async () => {
      expect(await rows(`SELECT event_id FROM events WHERE event_id = '${event?.event_id ?? ''}'`)).toHaveLength(1);
    },
    { timeoutMs: DRAIN_MS_MAX },
  );
}

async function rows(sql: string): Promise<unknown[]> {
  return (await database.pool.query<Record<string, unknown>>(sql)).rows;
}

async function call(method: string, path: string, body: unknown): Promise<void> {
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${String(response.status)}: ${await response.text()}`);
}

function fail(error: Error): never {
  throw error;
}
