import type { ControlBody } from '@cairn/contracts';
import { formatInstant, type Unlock } from '@cairn/contracts';
import { decodeTeamState, progress } from '@cairn/engine';
import { readUserState, TEAMS_PARTITION } from '@cairn/store';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from '../testing/anEvent.js';
import { catalogueOf } from '../testing/catalogueOf.js';
import { aCount, EvaluatorHarness, PARTITIONS } from '../testing/EvaluatorHarness.js';

let harness: EvaluatorHarness;
beforeAll(async () => {
  harness = await EvaluatorHarness.open();
});
afterAll(() => harness.close());
beforeEach(() => harness.reset());

const NOON = Date.UTC(2026, 3, 12, 12);
const USERS = Array.from({ length: 12 }, (_, i) => `user-${i}`);
const ofTeam = (slug: string, threshold: number, more: object = {}) => aCount(slug, threshold, { scope: 'team', xp_reward: 50, ...more });

/** By the number of the event, as the n-th of its team. */
const build = (n: number, more: { user?: string; team?: string; id?: string; key?: string } = {}) =>
  anEvent({ id: `b-${n}`, user: USERS[n % USERS.length] as string, team: 'red', at: formatInstant(NOON + n * 1_000), ...more });

async function unlocks(): Promise<{ slug: string; team: string; caused_by: string; value: number; xp: number; evidence: string[] }[]> {
  return harness.rows(
    `SELECT slug, user_id AS team, caused_by, value, (xp_reward + xp_total)::int AS xp, evidence, backfilled FROM unlocks
       JOIN users USING (tenant_key, user_key) WHERE kind = 1 ORDER BY slug, user_id, period`,
  );
}

async function countOf(team: string, slug: string, achievement: object): Promise<number | undefined> {
  const [tenant] = await harness.rows<{ tenant_key: number }>(`SELECT tenant_key FROM tenants WHERE tenant_id = 'default'`);
  const stored = await readUserState(harness.database.pool, { tenantKey: tenant?.tenant_key ?? 0, userId: team, kind: 'team' });
  if (stored?.state === undefined || stored.state === null) return undefined;
  return progress(catalogueOf(achievement).ofTeams, decodeTeamState(stored.state), NOON).find((item) => item.slug === slug)?.value;
}

describe('an achievement of teams', () => {
  // proves: teams-once
  it('counts what members do in all partitions, unlocks once for a team at the event that crosses the threshold, and pays nobody', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('hundred', 100), aCount('ten', 10)], {
      xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }],
    });
    const blue = (n: number) => build(n, { team: 'blue', id: `blue-${n}` });
    for (let n = 1; n <= 150; n++) await harness.append([build(n), ...(n <= 99 ? [blue(n)] : [])]);
    await harness.append([build(100), build(7), build(151, { id: 'b-new', key: 'k' }), build(151, { id: 'b-again', key: 'k' })]);
    await harness.evaluated();

    const [unlock, ...others] = await unlocks();
    expect(others).toEqual([]);
    expect(unlock).toMatchObject({ slug: 'hundred', team: 'red', caused_by: 'b-100', value: 100, xp: 0, backfilled: false });
    expect(unlock?.evidence).toEqual(Array.from({ length: 20 }, (_, i) => `b-${81 + i}`));
    // Every user of the test has got to ten and was paid for events and that alone.
    const ledger = await harness.rows<{ reason: string; n: number }>(
      'SELECT reason, count(*)::int AS n FROM xp_entries GROUP BY 1 ORDER BY 1',
    );
    expect(ledger).toEqual([
      { reason: 'rule', n: 150 + 99 + 1 },
      { reason: 'unlock', n: USERS.length },
    ]);
    const [published] = (await harness.published('events.achievement.unlocked', USERS.length + 1)).filter(
      ({ user_id }) => user_id === null,
    );
    expect(published).toMatchObject({
      team_id: 'red',
      user_id: null,
      achievement: { slug: 'hundred' },
      xp_reward: 0,
      xp_total: 0,
    } satisfies DeepPartial<Unlock>);
    expect(await harness.rows('SELECT count(*)::int AS n FROM events')).toEqual([{ n: 150 + 99 + 1 }]);
  });

  it('counts duplicates once, although each user is counted in a partition of their own', async () => {
    const counted = ofTeam('many', 1_000);
    await harness.startEvaluator('one');
    await harness.publishPack([counted]);
    for (let round = 0; round < 3; round++) await harness.append(USERS.map((user, n) => build(n, { user })));
    await harness.append([anEvent({ id: 'no-team' }), build(99)]);
    await harness.evaluated();
    expect(await countOf('red', 'many', counted)).toBe(USERS.length + 1);
  });

  it('goes by what members let count', async () => {
    const secret = ofTeam('secret', 2, { sensitive: true, category: 'health' });
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('open', 3), secret]);
    const optsIn = { id: 'c-2', user: 'bob', type: 'privacy.opted_in', properties: { category: 'health' } };
    await harness.append([anEvent({ id: 'c-1', user: 'ada', type: 'privacy.opted_out' }), anEvent(optsIn)]);
    await harness.append([build(1, { user: 'ada' }), build(2, { user: 'ada' }), build(3, { user: 'bob' }), build(4, { user: 'cyd' })]);
    await harness.evaluated();
    expect(await unlocks()).toEqual([]);
    // The second half is counted by another owner, who knows the choices from their rows.
    await harness.startEvaluator('two');
    await harness.append([build(5, { user: 'ada' }), build(6, { user: 'cyd' }), build(7, { user: 'bob' })]);
    await harness.evaluated();
    expect(await unlocks()).toMatchObject([
      { slug: 'open', caused_by: 'b-6' },
      { slug: 'secret', caused_by: 'b-7' },
    ]);
    expect(await harness.rows('SELECT user_id FROM users WHERE kind = 2 ORDER BY 1')).toEqual([{ user_id: 'ada' }, { user_id: 'bob' }]);
  });

  it('goes by what a member chose since a merge, though the merge is said again', async () => {
    const same: ControlBody = { kind: 'users_merged', from: 'eve', into: 'bob', reason: 'one person' };
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('open', 1)]);
    await harness.append([anEvent({ id: 'c-1', user: 'eve', type: 'privacy.opted_out' })]);
    await harness.appendControl(same);
    await harness.append([build(1, { user: 'bob' })]);
    await harness.append([anEvent({ id: 'c-2', user: 'bob', type: 'privacy.opted_in' })]);
    await harness.appendControl(same);
    await harness.append([build(2, { user: 'bob' })]);
    await harness.evaluated();
    expect(await unlocks()).toMatchObject([{ slug: 'open', caused_by: 'b-2' }]);
  });

  it('keeps no row of a member who is erased, though what they chose never counted', async () => {
    const members = () => harness.rows("SELECT user_id FROM users WHERE kind = 2 AND user_id = 'gus'");
    const choice = { id: 'c-7', type: 'privacy.opted_out' };
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('open', 1)]);
    await harness.append([anEvent({ ...choice, user: 'ada' })]);
    await harness.append([anEvent({ ...choice, user: 'gus' })]);
    await harness.evaluated();
    expect(await members()).toEqual([{ user_id: 'gus' }]);
    await harness.appendControl({ kind: 'user_erased', userIds: ['gus'] });
    await harness.evaluated();
    expect(await members()).toEqual([]);
  });

  it('is recounted over what came before its publication, choices and plans included', async () => {
    await harness.startEvaluator('one');
    await harness.append([anEvent({ id: 'out', user: 'user-3', type: 'privacy.opted_out' })]);
    await harness.append([anEvent({ id: 'plan', team: 'blue', type: 'subscription.created', properties: { tier: 'pro' } })]);
    for (let n = 1; n <= 24; n++) await harness.append([build(n, { team: n % 2 === 0 ? 'red' : 'blue' }), build(n)]);
    const gated = ofTeam('gated', 2, { tier_required: 'pro', on_publish: 'continue' });
    await harness.publishPack([ofTeam('ten', 10), gated]);
    await harness.append([build(25, { team: 'blue' }), build(26, { team: 'blue' }), build(27, { user: 'user-3', team: 'blue' })]);
    await harness.evaluated();
    // Of the even ones nobody is out, of the odd ones 3 and 15 are; what each team got to is in the order of the log.
    expect(await unlocks()).toMatchObject([
      { slug: 'gated', team: 'blue', caused_by: 'b-26', backfilled: false },
      { slug: 'ten', team: 'blue', caused_by: 'b-23', backfilled: true },
      {
        slug: 'ten',
        team: 'red',
        caused_by: 'b-20',
        backfilled: true,
        evidence: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((n) => `b-${n}`),
      },
    ]);
  });

  it('can be given and taken by hand, each heard of', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('many', 1_000), aCount('alone', 1_000)]);
    const target = { slug: 'many', level: null, period: null, reason: 'well done' };
    await harness.appendControl({ kind: 'team_unlock_granted', teamId: 'red', ...target });
    await harness.appendControl({ kind: 'team_unlock_revoked', teamId: 'red', ...target });
    await harness.appendControl({ kind: 'unlock_granted', userId: 'red', ...target, slug: 'alone' });
    await harness.evaluated();
    const rows = await harness.rows(
      'SELECT slug, kind, revoked_at IS NOT NULL AS revoked FROM unlocks JOIN users USING (tenant_key, user_key) ORDER BY 1',
    );
    expect(rows).toEqual([
      { slug: 'alone', kind: 0, revoked: false },
      { slug: 'many', kind: 1, revoked: true },
    ]);
    const [revoked] = await harness.published('events.achievement.revoked', 1);
    const [unlocked] = (await harness.published('events.achievement.unlocked', 2)).filter(({ user_id }) => user_id === null);
    expect(revoked).toMatchObject({ unlock_id: unlocked?.unlock_id, user_id: null, team_id: 'red' });
    expect(await harness.rows('SELECT sum(amount)::int AS xp FROM xp_entries')).toEqual([{ xp: 10 }]);
  });
});

describe('the loop of the teams', () => {
  it('reads no events where no tenant has achievements of teams, and those of a tenant from its first on', async () => {
    const consumerOf = async () => {
      const manager = await jetstreamManager(harness.nats);
      for await (const info of manager.consumers.list('CAIRN_LOG'))
        if (info.name.startsWith('rule-evaluator-teams-')) return info.config.filter_subjects;
      return undefined;
    };
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('alone', 1)]);
    await harness.append([build(1)]);
    await harness.evaluated();
    expect(await consumerOf()).toEqual(['log.control.*.*']);
    await harness.publishPack([ofTeam('two', 2)]);
    await harness.append([build(2)]);
    await harness.evaluated();
    expect(await consumerOf()).toEqual(['log.control.*.*', 'log.*.default']);
    expect(await unlocks()).toMatchObject([{ slug: 'two', caused_by: 'b-2', backfilled: false }]);
  });

  it('stays behind a partition that stands still, and goes on when that does', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('twelve', 12)]);
    await harness.evaluated();
    await harness.rows(
      `UPDATE partitions SET owner = 'nobody', epoch = epoch + 1, lease_until = now() + interval '1 hour' WHERE partition = 2`,
    );
    await harness.append(USERS.map((user, n) => build(n, { user })));
    await expect(harness.evaluated({ timeoutMs: 500 })).rejects.toThrow();
    expect(await unlocks()).toEqual([]);
    await harness.rows(`UPDATE partitions SET lease_until = now() WHERE partition = 2`);
    await harness.evaluated();
    expect(await unlocks()).toMatchObject([{ slug: 'twelve' }]);
  });

  it('counts nothing twice and leaves nothing out while owners come and go and connections are cut', async () => {
    const counted = ofTeam('each', 10, { repeat: 'every_threshold' });
    await harness.startEvaluator('stays');
    await harness.publishPack([counted]);
    const EVENTS = 1_000;
    for (let n = 0; n < EVENTS; n += 20) {
      await harness.append(Array.from({ length: 20 }, (_, i) => build(n + i)));
      if (n % 200 === 0) await harness.cutDatabaseConnections();
      if (n % 300 === 100) {
        const takes = `UPDATE partitions SET owner = NULL, epoch = epoch + 1 WHERE partition = ${TEAMS_PARTITION}`;
        await harness.rows(takes);
        await harness.startEvaluator(`other-${n}`);
      }
    }
    await harness.evaluated({ timeoutMs: 60_000 });
    const rows = await unlocks();
    expect(rows).toHaveLength(EVENTS / 10);
    expect(await countOf('red', 'each', counted)).toBe(EVENTS);
    const messages = await harness.published('events.achievement.unlocked', EVENTS / 10);
    expect(new Set(messages.map(({ unlock_id }) => unlock_id)).size).toBe(EVENTS / 10);
    expect(new Set(messages.map(({ period }) => period))).toEqual(new Set(Array.from({ length: EVENTS / 10 }, (_, i) => `#${i + 1}`)));
  });

  it('has a row of its own among the partitions', async () => {
    const rows = await harness.rows<{ partition: number }>('SELECT partition FROM partitions ORDER BY 1');
    expect(rows.map(({ partition }) => partition)).toEqual([...Array.from({ length: PARTITIONS }, (_, i) => i), TEAMS_PARTITION]);
  });
});

type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };
