import type { CairnEvent } from '@cairn/contracts';
import { listRecounts, partitionPositions } from '@cairn/store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from '../testing/anEvent.js';
import { aCount, EvaluatorHarness } from '../testing/EvaluatorHarness.js';

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

const HISTORY = 20_000;
const USERS = 2_000;
const ENTRY_EVENTS = 200;

const historyOf = (name: string, events: number): CairnEvent[] =>
  Array.from({ length: events }, (_, i) => anEvent({ id: `${name}-${i}`, user: `user-${i % USERS}` }));

async function appendAll(events: readonly CairnEvent[]): Promise<number> {
  let last = 0;
  for (let start = 0; start < events.length; start += ENTRY_EVENTS) last = await harness.append(events.slice(start, start + ENTRY_EVENTS));
  return last;
}

async function sumOfPositions(): Promise<number> {
  return (await partitionPositions(harness.database.pool)).reduce((sum, { lastSeq }) => sum + lastSeq, 0);
}

/** Every user has as many unlocks of an achievement as asked for, each put down to an event of their own. */
async function expectUnlocks(slug: string, perUser: number): Promise<void> {
  const rows = await harness.rows<{ n: number; users: number }>(
    `SELECT count(*)::int AS n, count(DISTINCT user_key)::int AS users FROM unlocks WHERE slug = '${slug}'`,
  );
  expect(rows).toEqual([{ n: perUser * USERS, users: USERS }]);
}

describe('a recount of 20,000 events', () => {
  // proves: recount-beside-traffic
  it('goes on beside live events, loses none and counts none twice, though its owner is gone in the middle', async () => {
    const first = await harness.startEvaluator('first');
    await appendAll(historyOf('before', HISTORY));
    await harness.evaluated({ timeoutMs: 60_000 });
    // Every user has ten events of before; the twelfth comes while the recount is under way.
    const published = await harness.publishPack([
      aCount('ten', 10),
      aCount('twelve', 12),
      aCount('every-four', 4, { repeat: 'every_threshold' }),
    ]);
    let moved = 0;
    let last = Number.NaN;
    let pending = Number.NaN;
    const more = historyOf('after', 3 * USERS);
    for (let start = 0; start < more.length; start += ENTRY_EVENTS) {
      await harness.append(more.slice(start, start + ENTRY_EVENTS));
      pending = (await listRecounts(harness.database.pool)).length;
      const now = await sumOfPositions();
      // Two looks with the recount pending at both, and positions that moved in between.
      if (pending > 0 && now > last) moved++;
      last = pending > 0 ? now : Number.NaN;
      if (start === 10 * ENTRY_EVENTS) {
        await harness.stopEvaluator(first);
        await harness.startEvaluator('second');
      }
    }
    expect(moved).toBeGreaterThan(0);
    await harness.evaluated({ timeoutMs: 60_000 });

    expect(await harness.count('events')).toBe(HISTORY + 3 * USERS);
    await expectUnlocks('ten', 1);
    await expectUnlocks('twelve', 1);
    await expectUnlocks('every-four', 3);
    const causes =
      'SELECT slug, backfilled, count(*)::int AS n, min(log_seq) >= ' +
      `${published} AS "isBehind" FROM unlocks GROUP BY 1, 2 ORDER BY 1, 2`;
    expect(await harness.rows(causes)).toEqual([
      { slug: 'every-four', backfilled: false, n: USERS, isBehind: true },
      { slug: 'every-four', backfilled: true, n: 2 * USERS, isBehind: true },
      { slug: 'ten', backfilled: true, n: USERS, isBehind: true },
      { slug: 'twelve', backfilled: false, n: USERS, isBehind: true },
    ]);
    expect(await harness.rows('SELECT sum(amount)::int AS xp FROM xp_entries')).toEqual([{ xp: 5 * 10 * USERS }]);
    // The running totals are those of the log's order, whatever was paid late.
    const totals = `SELECT total_after = sum(amount) OVER (PARTITION BY user_key ORDER BY log_seq, ordinal) AS "isRight" FROM xp_entries`;
    expect(await harness.rows(`SELECT DISTINCT "isRight" FROM (${totals}) AS t`)).toEqual([{ isRight: true }]);
    const messages = await harness.published('events.achievement.unlocked', 5 * USERS);
    expect(new Set(messages.map(({ unlock_id }) => unlock_id)).size).toBe(5 * USERS);
  });
});

describe('what is measured from what users hold', () => {
  it('unlocks by the ledger entry and by the unlock that made it true, also for users who never sent an event', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('first', 1), aCount('second', 2)]);
    for (let i = 1; i <= 3; i++) await harness.append([anEvent({ id: `ada-${i}`, at: `2026-04-1${i}T10:00:00Z` })]);
    await harness.appendControl({ kind: 'unlock_granted', userId: 'bob', slug: 'first', level: null, period: null, reason: 'well done' });
    await harness.evaluated();
    await harness.publishPack([
      aCount('first', 1),
      aCount('second', 2),
      aCount('rich', 0, { criteria: { type: 'xp', threshold: 10 } }),
      aCount('both', 0, { criteria: { type: 'achievements', slugs: ['first', 'second'] } }),
      aCount('all', 0, { criteria: { type: 'achievements', slugs: ['both', 'rich'] } }),
    ]);
    await harness.evaluated();
    const rows = await harness.rows(
      `SELECT u.user_id, k.slug, k.caused_by, k.backfilled, k.value FROM unlocks k JOIN users u USING (tenant_key, user_key)
        WHERE k.slug IN ('rich', 'both', 'all') ORDER BY 1, 2`,
    );
    expect(rows).toEqual([
      { user_id: 'ada', slug: 'all', caused_by: 'ada-2', backfilled: true, value: 2 },
      { user_id: 'ada', slug: 'both', caused_by: 'ada-2', backfilled: true, value: 2 },
      { user_id: 'ada', slug: 'rich', caused_by: 'ada-1', backfilled: true, value: 10 },
      { user_id: 'bob', slug: 'rich', caused_by: expect.stringContaining('control-') as string, backfilled: true, value: 10 },
    ]);
  });

  it('is recounted by XP rules that are new, which pay for what was before, each event once', async () => {
    await harness.startEvaluator('one');
    const rule = { id: 'r', event: 'build.succeeded', amount: 2, cap: { per: 'day', amount: 3 } };
    await harness.append(Array.from({ length: 4 }, (_, i) => anEvent({ id: `a-${i}` })));
    await harness.publishPack([], { xp_rules: [rule] });
    await harness.evaluated();
    const amounts = async () =>
      (await harness.rows<{ amount: string }>('SELECT amount::text FROM xp_entries ORDER BY log_seq, ordinal')).map(({ amount }) => amount);
    expect(await amounts()).toEqual(['2', '1']);
    // More for each, and more in all: what was paid stays, and what was not is paid by the new version.
    await harness.publishPack([], { xp_rules: [{ ...rule, amount: 3, cap: { per: 'day', amount: 10 } }] });
    await harness.append([anEvent({ id: 'a-4' })]);
    await harness.evaluated();
    expect(await amounts()).toEqual(['2', '1', '3', '1']);
    expect(await harness.rows('SELECT total_after::int AS total FROM xp_entries ORDER BY log_seq DESC, ordinal DESC LIMIT 1')).toEqual([
      { total: 7 },
    ]);
  });
});

describe('on_publish', () => {
  it('continue goes on from what was counted, and unlocks what is met already; restart begins anew and takes nothing away', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('goes-on', 5), aCount('anew', 2)]);
    await harness.append([1, 2, 3].map((n) => anEvent({ id: `ada-${n}` })));
    await harness.evaluated();
    const published = await harness.publishPack([
      aCount('goes-on', 3, { on_publish: 'continue' }),
      aCount('anew', 3, { on_publish: 'restart' }),
    ]);
    await harness.evaluated();
    const rows = () => harness.rows('SELECT slug, version, value, caused_by, backfilled, log_seq::int FROM unlocks ORDER BY slug, version');
    const expected = [
      { slug: 'anew', version: 1, value: 2, caused_by: 'ada-2', backfilled: false, log_seq: expect.any(Number) as number },
      {
        slug: 'goes-on',
        version: 2,
        value: 3,
        caused_by: expect.stringContaining('control-') as string,
        backfilled: true,
        log_seq: published,
      },
    ];
    expect(await rows()).toEqual(expected);
    await harness.append([4, 5, 6, 7].map((n) => anEvent({ id: `ada-${n}` })));
    await harness.evaluated();
    expect(await rows()).toEqual(expected);
  });

  it('leaves the events that counted under other versions in the evidence of what unlocks later', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('goes-on', 9)]);
    await harness.append([1, 2].map((n) => anEvent({ id: `ada-${n}` })));
    await harness.evaluated();
    await harness.publishPack([
      aCount('goes-on', 3, { on_publish: 'continue' }),
      aCount('recounted', 3),
      aCount('anew', 1, { on_publish: 'restart' }),
    ]);
    await harness.evaluated();
    await harness.append([anEvent({ id: 'ada-3' })]);
    await harness.evaluated();
    expect(await harness.rows('SELECT slug, evidence FROM unlocks ORDER BY slug')).toEqual([
      { slug: 'anew', evidence: ['ada-3'] },
      { slug: 'goes-on', evidence: ['ada-1', 'ada-2', 'ada-3'] },
      { slug: 'recounted', evidence: ['ada-1', 'ada-2', 'ada-3'] },
    ]);
  });

  it('lets a tenant setting unlock what it finds met', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('for-pro', 2, { tier_required: 'pro' })]);
    await harness.append([1, 2].map((n) => anEvent({ id: `ada-${n}` })));
    await harness.evaluated();
    expect(await harness.count('unlocks')).toBe(0);
    await harness.appendControl({ kind: 'tenant_configured', timezone: null, tierOrder: ['pro', 'free'] });
    await harness.evaluated();
    expect(await harness.rows('SELECT slug, backfilled FROM unlocks')).toEqual([{ slug: 'for-pro', backfilled: true }]);
  });
});

it('leaves out a user whose state cannot be read, and recounts all others', async () => {
  const first = await harness.startEvaluator('first');
  await harness.append(['ada', 'bob', 'cyd'].map((user) => anEvent({ id: user, user })));
  await harness.evaluated();
  await harness.stopEvaluator(first);
  const ofBob = `user_key = (SELECT user_key FROM users WHERE user_id = 'bob')`;
  await harness.rows(`UPDATE user_state SET state = substring(state FOR 3) WHERE ${ofBob}`);
  await harness.startEvaluator('second');
  await harness.publishPack([aCount('one', 1)]);
  await harness.evaluated();
  const rows = await harness.rows('SELECT u.user_id FROM unlocks k JOIN users u USING (tenant_key, user_key) ORDER BY 1');
  expect(rows).toEqual([{ user_id: 'ada' }, { user_id: 'cyd' }]);
  expect(await harness.rows(`SELECT length(state) AS n FROM user_state WHERE ${ofBob}`)).toEqual([{ n: 3 }]);
});
