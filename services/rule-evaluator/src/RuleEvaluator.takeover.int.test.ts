import { eventually } from '@cairn/testing';
import { SeededRandom } from '@cairn/testing/random';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness } from './testing/EvaluatorHarness.js';

let harness: EvaluatorHarness;

beforeAll(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.reset();
});
afterAll(async () => {
  await harness.close();
});

const EVENTS = 20_000;
const USERS = 200;
const THRESHOLD = 50;
const ENTRY_EVENTS = 100;

// proves: counted-exactly-once
it('counts 20,000 events with 10 % duplicates in any order once each, though one of two evaluators stops in the middle', async () => {
  const random = new SeededRandom(20_000);
  const originals = Array.from({ length: EVENTS }, (_, i) => ({ id: `e-${i}`, user: `user-${random.below(USERS)}` }));
  const sent = [...originals, ...originals.filter(() => random.chance(0.1))];
  for (let i = sent.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [sent[i], sent[j]] = [sent[j] as (typeof sent)[0], sent[i] as (typeof sent)[0]];
  }
  await harness.startEvaluator('stays');
  const leaves = await harness.startEvaluator('leaves');
  await harness.publishPack([aCount('many', THRESHOLD)], { xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }] });
  await eventually(async () => {
    const shares = await harness.rows<{ n: number }>(
      'SELECT count(*)::int AS n FROM partitions WHERE owner IS NOT NULL GROUP BY owner ORDER BY n',
    );
    // The loop of the teams is one more.
    expect(shares).toEqual([{ n: 2 }, { n: 3 }]);
  });
  const half = sent.length / 2;
  await appendAll(sent.slice(0, half));
  const stopping = harness.stopEvaluator(leaves);
  await appendAll(sent.slice(half));
  await stopping;
  await harness.evaluated({ timeoutMs: 60_000 });

  const counts = new Map<string, number>();
  for (const { user } of originals) counts.set(user, (counts.get(user) ?? 0) + 1);
  const rows = await harness.rows<{ user_id: string; n: number }>(
    'SELECT user_id, count(*)::int AS n FROM events JOIN users USING (tenant_key, user_key) GROUP BY 1',
  );
  expect(new Map(rows.map(({ user_id, n }) => [user_id, n]))).toEqual(counts);
  const unlocked = [...counts.values()].filter((count) => count >= THRESHOLD).length;
  expect(await harness.count('unlocks')).toBe(unlocked);
  expect(await harness.rows('SELECT sum(amount)::int AS xp FROM xp_entries')).toEqual([{ xp: EVENTS + 10 * unlocked }]);
  const totals = 'SELECT DISTINCT ON (user_key) total_after FROM xp_entries ORDER BY user_key, log_seq DESC, ordinal DESC';
  expect(await harness.rows(`SELECT sum(total_after)::int AS xp FROM (${totals}) AS newest`)).toEqual([{ xp: EVENTS + 10 * unlocked }]);
  const messages = await harness.published('events.achievement.unlocked', unlocked);
  expect(new Set(messages.map(({ unlock_id }) => unlock_id)).size).toBe(unlocked);
});

async function appendAll(events: readonly { id: string; user: string }[]): Promise<void> {
  for (let start = 0; start < events.length; start += ENTRY_EVENTS * 4) {
    await harness.append(events.slice(start, start + ENTRY_EVENTS * 4).map(anEvent));
  }
}

// proves: at-most-one-unlock
it('begins a recount anew that a stop interrupted, and awards nothing twice', async () => {
  const users = 1_500;
  const history = Array.from({ length: users }, (_, i) => [1, 2].map((n) => ({ id: `${i}-${n}`, user: `user-${i}` }))).flat();
  const first = await harness.startEvaluator('first');
  await appendAll(history);
  await harness.evaluated();
  await harness.publishPack([aCount('two', 2)]);
  // As soon as the first users are done; the others are not, as a rule.
  await eventually(async () => expect(await harness.count('unlocks')).toBeGreaterThan(0));
  await harness.stopEvaluator(first);
  await harness.startEvaluator('second');
  await harness.evaluated({ timeoutMs: 20_000 });
  expect(await harness.count('unlocks')).toBe(users);
  expect(await harness.rows('SELECT sum(amount)::int AS xp FROM xp_entries')).toEqual([{ xp: 10 * users }]);
  expect(await harness.rows('SELECT DISTINCT backfilled FROM unlocks')).toEqual([{ backfilled: true }]);
});

it('takes up nothing more of a backlog once it is paused, and leaves the rest to the next, each event once', async () => {
  // Of one user, so that it is many batches, one after the other.
  await appendAll(Array.from({ length: EVENTS }, (_, i) => ({ id: `p-${i}`, user: 'ada' })));
  const holder = await harness.database.pool.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE events IN SHARE MODE');
  // It starts all the same, though not even its statements can be prepared.
  const first = await harness.startEvaluator('first');
  await eventually(async () =>
    expect(
      await harness.rows('SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0'),
    ).not.toEqual([]),
  );
  const paused = first.pause();
  await holder.query('COMMIT');
  holder.release();
  await paused;
  const counted = await harness.count('events');
  expect(counted).toBeLessThan(EVENTS);
  const last = await harness.append([anEvent({ id: 'behind', user: 'ada' })]);
  await harness.stopEvaluator(first);
  expect(await harness.count('events')).toBe(counted);
  expect(await harness.rows(`SELECT 1 FROM partitions WHERE last_seq >= ${last} OR owner IS NOT NULL`)).toEqual([]);
  await harness.startEvaluator('second');
  await harness.evaluated({ timeoutMs: 60_000 });
  expect(await harness.count('events')).toBe(EVENTS + 1);
});

it('leaves its partitions to another as soon as it is paused, though the rest of its process takes its time to stop', async () => {
  const first = await harness.startEvaluator('first');
  await harness.append([anEvent({ id: 'before' })]);
  await harness.evaluated();
  await first.pause();
  expect(await harness.rows('SELECT 1 FROM partitions WHERE owner IS NOT NULL')).toEqual([]);
  await harness.startEvaluator('second');
  await harness.append(Array.from({ length: USERS }, (_, i) => anEvent({ id: `after-${i}`, user: `user-${i}` })));
  await harness.evaluated();
  expect(await harness.count('events')).toBe(1 + USERS);
  expect(await harness.rows('SELECT DISTINCT owner FROM partitions')).toEqual([{ owner: 'second' }]);
});
