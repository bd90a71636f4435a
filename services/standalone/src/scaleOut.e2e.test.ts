import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScaledCairn } from './testing/ScaledCairn.js';
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

let cairn: ScaledCairn;

beforeAll(async () => {
  cairn = await ScaledCairn.start(TOKEN);
});
afterAll(async () => {
  await cairn.stop();
});

it(
  'hands partitions over when evaluators join, leave, are killed and freeze, with every event counted once',
  async () => {
    await cairn.fleet.join('ann');
    await cairn.call('PUT', '/v1/admin/packs/scale', PACK);
    const traffic = new SteadyTraffic((events) => cairn.call('POST', '/v1/events', events));
    traffic.start();
    await cairn.fleet.own(['ann']);
    await cairn.fleet.join('bob');
    await cairn.fleet.own(['ann', 'bob']);
    await cairn.fleet.join('cid');
    await cairn.fleet.own(['ann', 'bob', 'cid']);
    await cairn.fleet.leave('ann');
    await cairn.fleet.own(['bob', 'cid']);
    await cairn.fleet.kill('bob');
    await cairn.fleet.own(['cid']);
    await cairn.fleet.join('dan');
    await cairn.fleet.own(['cid', 'dan']);
    cairn.fleet.freeze('cid');
    await cairn.fleet.own(['dan']);
    await allEvaluated(traffic.sent.at(-1));
    cairn.fleet.thaw('cid');
    await cairn.fleet.own(['cid', 'dan']);
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
  return (await cairn.database.pool.query<Record<string, unknown>>(sql)).rows;
}
