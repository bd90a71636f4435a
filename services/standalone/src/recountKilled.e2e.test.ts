import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScaledCairn } from './testing/ScaledCairn.js';

const TOKEN = 'recount-killed-0123456789abcdef';
const USERS = 60;
/** Of each user before the publication; one more comes while the recount is under way. */
const BEFORE = 30;
const DRAIN_MS_MAX = 90_000;
const TEST_MS_MAX = 300_000;
const event = 'build.succeeded';
const PACK = {
  pack: 'late',
  achievements: [
    { slug: 'in-the-past', threshold: BEFORE, xp_reward: 10 },
    { slug: 'across', threshold: BEFORE + 1, xp_reward: 100 },
  ].map(({ slug, threshold, xp_reward }) => ({
    slug,
    name: slug,
    reason: 'A test.',
    criteria: { type: 'count', event, threshold },
    xp_reward,
  })),
  xp_rules: [{ id: 'each', event, amount: 1 }],
};

let cairn: ScaledCairn;

beforeAll(async () => {
  cairn = await ScaledCairn.start(TOKEN);
});
afterAll(async () => {
  await cairn.stop();
});

/** The nth event of every user. */
async function send(n: number): Promise<void> {
  const events = Array.from({ length: USERS }, (_, user) => ({
    event_id: `u${user}-${n}`,
    type: event,
    actor: { user_id: `u${user}` },
    occurred_at: new Date(Date.UTC(2026, 3, 1, 8, n)).toISOString(),
  }));
  const { results } = await cairn.call<{ results: { status: string }[] }>('POST', '/v1/events', events);
  expect(results.map(({ status }) => status)).toEqual(events.map(() => 'accepted'));
}

async function drained(): Promise<void> {
  await eventually(async () => expect(await cairn.call('GET', '/v1/status')).toMatchObject({ lag: 0 }), { timeoutMs: DRAIN_MS_MAX });
}

async function pendingRecounts(): Promise<number> {
  return (await cairn.database.pool.query('SELECT 1 FROM recounts')).rowCount ?? 0;
}

it(
  'goes on with a recount whose evaluator was killed in the middle, losing nothing and doubling nothing',
  async () => {
    await cairn.fleet.join('first');
    for (let n = 0; n < BEFORE; n++) await send(n);
    await drained();

    // Nobody's state can be written while this is held: the recount begins, and cannot end.
    const holder = await cairn.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM user_state FOR UPDATE');
    await cairn.call('PUT', '/v1/admin/packs/late', PACK);
    await eventually(async () => expect(await pendingRecounts()).toBeGreaterThan(0), { timeoutMs: DRAIN_MS_MAX });
    await send(BEFORE);
    await cairn.fleet.kill('first');
    await holder.query('ROLLBACK');
    holder.release();
    expect(await pendingRecounts()).toBeGreaterThan(0);
    expect(await cairn.call<{ lag: number }>('GET', '/v1/status')).not.toMatchObject({ lag: 0 });

    await cairn.fleet.join('second');
    await drained();
    expect(await pendingRecounts()).toBe(0);
    const { rows: unlocks } = await cairn.database.pool.query(
      `SELECT slug, count(*)::int AS n, count(DISTINCT user_key)::int AS users, bool_and(backfilled) AS backfilled
         FROM unlocks GROUP BY slug ORDER BY slug`,
    );
    expect(unlocks).toEqual([
      { slug: 'across', n: USERS, users: USERS, backfilled: false },
      { slug: 'in-the-past', n: USERS, users: USERS, backfilled: true },
    ]);
    const { rows: paid } = await cairn.database.pool.query(
      `SELECT reason, count(*)::int AS entries, sum(amount)::int AS xp FROM xp_entries GROUP BY reason ORDER BY reason`,
    );
    expect(paid).toEqual([
      { reason: 'rule', entries: USERS * (BEFORE + 1), xp: USERS * (BEFORE + 1) },
      { reason: 'unlock', entries: USERS * 2, xp: USERS * 110 },
    ]);
    const one = await cairn.call<{ total: number; entries: { total_after: number }[] }>('GET', '/v1/users/u7/xp?limit=1');
    expect(one).toMatchObject({ total: 110 + BEFORE + 1, entries: [{ total_after: 110 + BEFORE + 1 }] });
  },
  TEST_MS_MAX,
);
