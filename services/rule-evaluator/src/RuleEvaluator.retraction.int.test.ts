import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const REVOKE = { on_retract: 'revoke' };
const builds = (from: number, to: number, user = 'ada') =>
  Array.from({ length: to - from + 1 }, (_, i) => anEvent({ id: `${user}-${from + i}`, user }));
const retraction = (eventId: string, userId = 'ada') =>
  ({ kind: 'event_retracted', eventId, userId, reason: 'it never happened' }) as const;

interface Unlock {
  slug: string;
  held: boolean;
  reason: string | null;
}
const unlocks = () =>
  harness.rows<Unlock>(
    'SELECT slug, revoked_at IS NULL AS held, revoked_reason AS reason FROM unlocks ORDER BY slug, revoked_at NULLS FIRST',
  );
const ledger = () =>
  harness.rows<{ amount: number; reason: string }>('SELECT amount::int AS amount, reason FROM xp_entries ORDER BY log_seq, ordinal');

describe('an event that is retracted', () => {
  // proves: retraction-by-entries
  it('takes what it brought about with it, told and written down, and nothing else', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('three', 3, REVOKE), aCount('kept', 3), aCount('two', 2, REVOKE)], {
      xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1, ...REVOKE }],
    });
    await harness.append([...builds(1, 3), ...builds(1, 3, 'ben')]);
    await harness.appendControl(retraction('ada-2'));
    await harness.appendControl(retraction('ada-2'));
    for (const user of ['ben', 'cyd', 'dan', 'eve', 'fay']) await harness.appendControl(retraction('ada-1', user));
    await harness.appendControl(retraction('unknown'));
    await harness.evaluated();

    const [revoked] = await harness.published('events.achievement.revoked', 1);
    expect(revoked).toMatchObject({ user_id: 'ada', achievement: { slug: 'three' }, reason: 'it never happened', xp_total: 23 });
    expect(await unlocks()).toEqual([
      ...[held('kept'), held('kept')],
      ...[held('three'), { slug: 'three', held: false, reason: 'it never happened' }],
      ...[held('two'), held('two')],
    ]);
    expect((await ledger()).filter(({ reason }) => reason === 'revocation').map(({ amount }) => amount)).toEqual([-10, -1]);
    expect(await harness.count('events WHERE retracted_seq IS NOT NULL')).toBe(1);
    expect(await harness.deadLetters('unfoldable_event', 0)).toEqual([]);
  });

  // proves: retraction-by-entries
  it('stays what a duplicate of it is a duplicate of, and what it gave unlocks again by another', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('three', 3, REVOKE)]);
    await harness.append(builds(1, 3));
    await harness.appendControl(retraction('ada-3'));
    await harness.append(builds(3, 3));
    await harness.evaluated();
    expect(await unlocks()).toEqual([{ slug: 'three', held: false, reason: 'it never happened' }]);
    await harness.append(builds(4, 4));
    await harness.evaluated();
    expect(await unlocks()).toEqual([{ slug: 'three', held: true, reason: null }]);
    expect((await ledger()).map(({ amount }) => amount)).toEqual([10, -10, 10]);
    expect(await harness.count('events')).toBe(4);
  });

  it('counts for no version that is published later, and is no evidence', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('four', 4)]);
    await harness.append(builds(1, 3));
    await harness.appendControl(retraction('ada-2'));
    await harness.publishPack([aCount('four', 4), aCount('late', 3)]);
    await harness.append(builds(4, 4));
    await harness.evaluated();
    expect(await harness.rows('SELECT slug, evidence FROM unlocks')).toEqual([{ slug: 'late', evidence: ['ada-1', 'ada-3', 'ada-4'] }]);
  });

  it('leaves what it took to be given back as soon as a new version is recounted that needs it no more', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('three', 3, REVOKE)]);
    await harness.append(builds(1, 3));
    await harness.appendControl(retraction('ada-2'));
    await harness.evaluated();
    expect(await unlocks()).toEqual([{ slug: 'three', held: false, reason: 'it never happened' }]);
    await harness.publishPack([aCount('three', 2, REVOKE)]);
    await harness.evaluated();
    expect(await unlocks()).toEqual([held('three')]);
    expect((await ledger()).map(({ amount }) => amount)).toEqual([10, -10, 10]);
    await harness.append(builds(4, 4));
    await harness.evaluated();
    expect((await ledger()).map(({ amount }) => amount)).toEqual([10, -10, 10]);
  });

  it('leaves what it took to be told again each time that it is given back, though the same event brings it back twice', async () => {
    const wealthy = { ...aCount('wealthy', 1, { criteria: { type: 'xp', threshold: 10 }, ...REVOKE }), xp_reward: 0 };
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('thrice', 3, REVOKE), wealthy]);
    await harness.append(builds(1, 3));
    await harness.appendControl(retraction('ada-1'));
    await harness.append(builds(4, 4));
    await harness.appendControl(retraction('ada-2'));
    await harness.publishPack([aCount('thrice', 3, REVOKE), wealthy, aCount('tardy', 2)]);
    await harness.evaluated();
    const told = await harness.published('events.achievement.unlocked', 6);
    const causes = told.filter(({ achievement }) => achievement.slug === 'wealthy').map(({ caused_by: cause }) => cause);
    expect(causes).toEqual(['ada-3', 'ada-4', 'ada-4']);
  });

  it('is waited with until the recounts before it are done', async () => {
    await harness.append(builds(1, 3));
    await harness.publishPack([aCount('three', 3, REVOKE)]);
    await harness.appendControl(retraction('ada-1'));
    await harness.append(builds(5, 5, 'ben'));
    await harness.startEvaluator('one');
    await harness.evaluated();
    expect(await unlocks()).toEqual([{ slug: 'three', held: false, reason: 'it never happened' }]);
  });
});

function held(slug: string): Unlock {
  return { slug, held: true, reason: null };
}
