import { type ControlBody, encodeEventBatch, partitionOf } from '@cairn/contracts';
import { decodeState } from '@cairn/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness, PARTITIONS } from './testing/EvaluatorHarness.js';
import { differencesToReplay } from './testing/replayed.js';

const PARTITION = (user: string) => partitionOf('default', user, PARTITIONS);
/** Whom ada may be merged into: the first is of another partition, and the second of the same. */
const ELSEWHERE = userOf((partition) => partition !== PARTITION('ada'));
const HERE = userOf((partition) => partition === PARTITION('ada'));

let harness: EvaluatorHarness;

beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

function userOf(isWanted: (partition: number) => boolean): string {
  const found = Array.from({ length: 50 }, (_, i) => `user-${i}`).find((user) => isWanted(PARTITION(user)));
  if (found === undefined) throw new Error('no such user');
  return found;
}

const builds = (from: number, to: number, user: string) =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    anEvent({ id: `${user}-${from + i}`, user, at: `2026-04-${String(10 + from + i)}T10:00:00Z` }),
  );
const merge = (from: string, into: string): ControlBody => ({ kind: 'users_merged', from, into, reason: 'one person' });

/** What is left of a user: the XP of the state and that of the ledger, and what is held. */
async function standing(user: string): Promise<{ xp: number; ledger: number; held: string[]; events: number }> {
  const [row] = await harness.rows<{ state: Buffer | null; ledger: number; held: string[] | null; events: number }>(
    `SELECT s.state,
            (SELECT coalesce(sum(amount), 0)::int FROM xp_entries AS x WHERE x.user_key = u.user_key) AS ledger,
            (SELECT json_agg(slug ORDER BY slug) FROM unlocks AS k WHERE k.user_key = u.user_key AND revoked_at IS NULL) AS held,
            (SELECT count(*)::int FROM events AS e WHERE e.user_key = u.user_key) AS events
       FROM users AS u LEFT JOIN user_state AS s USING (user_key) WHERE u.kind = 0 AND u.user_id = '${user}'`,
  );
  if (row === undefined) throw new Error(`${user} is not known`);
  const xp = row.state === null ? 0 : decodeState(row.state).xp;
  return { xp, ledger: row.ledger, held: row.held ?? [], events: row.events };
}

/** All that was forwarded has come back, and is evaluated. */
async function settled(): Promise<void> {
  await harness.evaluated();
  await harness.drained();
  await harness.evaluated();
}

describe.each([
  { where: 'of another partition', into: ELSEWHERE },
  { where: 'of the same partition', into: HERE },
])('a user merged into one $where', ({ into }) => {
  // proves: merge-once
  it('is one with them: what both have counts together, and nothing is paid twice', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2), aCount('three', 3), aCount('five', 5)], {
      xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }],
    });
    await harness.append([...builds(1, 3, 'ada'), ...builds(1, 2, into)]);
    await harness.appendControl(merge('ada', into));
    await settled();

    expect(await standing(into)).toEqual({ xp: 35, ledger: 35, held: ['five', 'three', 'two'], events: 5 });
    expect(await standing('ada')).toEqual({ xp: 0, ledger: 0, held: [], events: 0 });
    const rows = await harness.rows<{ slug: string; at: string; backfilled: boolean; evidence: string[] }>(
      `SELECT slug, to_char(unlocked_at AT TIME ZONE 'UTC', 'MM-DD') AS at, backfilled, evidence FROM unlocks WHERE revoked_at IS NULL ORDER BY slug`,
    );
    expect(rows).toEqual([
      { slug: 'five', at: '06-01', backfilled: true, evidence: expect.arrayContaining(['ada-1', `${into}-2`]) as string[] },
      { slug: 'three', at: '04-13', backfilled: false, evidence: ['ada-1', 'ada-2', 'ada-3'] },
      { slug: 'two', at: '04-12', backfilled: false, evidence: expect.any(Array) as string[] },
    ]);
    // Nobody is told of what either held.
    const told = await harness.published('events.achievement.unlocked', 4);
    expect(told.filter(({ backfilled }) => backfilled).map(({ user_id, achievement }) => [user_id, achievement.slug])).toEqual([
      [into, 'five'],
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  // proves: alias-not-lost
  it('is heard under the old name, once, whatever comes of it', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('six', 6)]);
    await harness.append(builds(1, 2, 'ada'));
    await harness.appendControl(merge('ada', into));
    // The door did not know yet: a new one, one that came before, and one that comes under both names.
    const late = builds(3, 3, 'ada');
    await harness.append([...late, ...builds(2, 2, 'ada')]);
    await harness.append(late.map((event) => ({ ...event, userId: into })));
    await harness.appendRaw(PARTITION('ada'), encodeEventBatch({ tenantId: 'default', events: late }));
    await harness.append(builds(4, 6, into));
    await settled();
    expect(await standing(into)).toMatchObject({ xp: 10, ledger: 10, held: ['six'], events: 6 });
    expect(await standing('ada')).toMatchObject({ events: 0, held: [] });
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('is recounted and corrected with what was done under both names', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('three', 3, { on_retract: 'revoke' })], {
      xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1, on_retract: 'revoke' }],
    });
    await harness.append([...builds(1, 2, 'ada'), ...builds(1, 1, into)]);
    await harness.appendControl(merge('ada', into));
    await harness.publishPack([aCount('three', 3, { on_retract: 'revoke' }), aCount('late', 3)], {
      xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 2, on_retract: 'revoke' }],
    });
    await harness.append(builds(5, 5, 'ada'));
    await settled();
    // What was paid by the older version of the rule stays paid, and is not paid again.
    expect(await standing(into)).toEqual({ xp: 25, ledger: 25, held: ['late', 'three'], events: 4 });
    for (const eventId of ['ada-1', 'ada-2'])
      await harness.appendControl({ kind: 'event_retracted', eventId, userId: 'ada', reason: 'a mistake' });
    await settled();
    expect(await standing(into)).toEqual({ xp: 13, ledger: 13, held: ['late'], events: 4 });
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('is merged on with who they were merged into, and stays with whom they were merged into first', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('four', 4)]);
    await harness.append([...builds(1, 1, 'ada'), ...builds(1, 1, into), ...builds(1, 1, 'carla')]);
    await harness.appendControl(merge('ada', into));
    await harness.appendControl(merge('ada', 'carla'));
    await harness.appendControl(merge(into, 'ada'));
    await harness.appendControl(merge(into, 'carla'));
    await harness.append(builds(2, 2, 'ada'));
    await harness.appendControl({ kind: 'unlock_revoked', userId: into, slug: 'four', level: null, period: null, reason: 'by hand' });
    await settled();
    expect(await standing('carla')).toMatchObject({ events: 4 });
    expect(await harness.rows('SELECT alias, user_id FROM user_aliases ORDER BY log_seq')).toEqual([
      { alias: 'ada', user_id: into },
      { alias: into, user_id: 'carla' },
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });
});

describe('users merged while events come', () => {
  const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
  /** Each of them does something, and all of them claim the same; then one of the first six is merged into one of the others. */
  async function round(n: number): Promise<void> {
    await harness.append(
      users.flatMap((user) => [anEvent({ id: `${user}-r${n}`, user, team: 'all' }), anEvent({ id: `shared-${n}`, user, team: 'all' })]),
    );
    if (n > 0) await harness.appendControl(merge(`user-${n}`, `user-${n + 5}`));
    if (n === 3) await harness.publishPack([aCount('ten', 10), aCount('late', 5), aCount('team', 9, { scope: 'team' })]);
  }

  async function isConsistent(): Promise<void> {
    const [sums] = await harness.rows<{ events: number; off: number; left: number }>(
      `SELECT (SELECT count(*)::int FROM events) AS events,
              (SELECT count(*)::int FROM users AS u WHERE kind = 0 AND
                 (SELECT coalesce(sum(amount), 0) FROM xp_entries AS x WHERE x.user_key = u.user_key) <>
                 (SELECT coalesce(sum(xp_reward), 0) FROM unlocks AS k WHERE k.user_key = u.user_key AND revoked_at IS NULL)) AS off,
              (SELECT count(*)::int FROM events AS e JOIN users AS u USING (user_key) JOIN user_aliases AS a ON a.alias = u.user_id) AS left`,
    );
    expect(sums).toEqual({ events: 12 * 6 + 6, off: 0, left: 0 });
    expect(await differencesToReplay(harness)).toEqual([]);
  }

  beforeEach(async () => {
    await harness.publishPack([aCount('ten', 10), aCount('each', 3, { repeat: 'every_threshold' }), aCount('team', 9, { scope: 'team' })]);
  });

  // proves: alias-not-lost
  it('are rebuilt from the log as they are', async () => {
    await harness.startEvaluator('one');
    for (let n = 0; n < 6; n++) await round(n);
    await settled();
    await isConsistent();
  });

  // proves: merge-once, alias-not-lost
  it('are one however often connections are cut, and whoever takes over', async () => {
    let evaluators = [await harness.startEvaluator('one'), await harness.startEvaluator('two')];
    for (let n = 0; n < 6; n++) {
      await round(n);
      await harness.cutDatabaseConnections();
      const [first, ...others] = evaluators;
      if (n % 2 === 1 && first !== undefined) {
        await harness.stopEvaluator(first);
        evaluators = [...others, await harness.startEvaluator(`later-${n}`)];
      }
    }
    await harness.evaluated({ timeoutMs: 60_000 });
    await harness.drained({ timeoutMs: 60_000 });
    await harness.evaluated({ timeoutMs: 60_000 });
    await isConsistent();
  });
});
