import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness } from './testing/EvaluatorHarness.js';
import { differencesToReplay } from './testing/replayed.js';

let harness: EvaluatorHarness;

/** A new log for each: what is replayed must begin at its beginning. */
beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

const REVOKE = { on_retract: 'revoke' };
const ofTeam = (slug: string, threshold: number, more: object = {}) => aCount(slug, threshold, { scope: 'team', ...more });
const USERS = ['ada', 'ben', 'cyd'];

/** Each by another member. */
const builds = (from: number, to: number, team = 'red') =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    anEvent({ id: `${team}-${from + i}`, user: USERS[(from + i) % USERS.length] as string, team }),
  );
const retraction = (eventId: string, userId: string) =>
  ({ kind: 'event_retracted', eventId, userId, reason: 'it never happened' }) as const;

interface TeamUnlock {
  slug: string;
  team: string;
  held: boolean;
  caused_by: string;
}
const unlocks = () =>
  harness.rows<TeamUnlock>(
    `SELECT slug, user_id AS team, revoked_at IS NULL AS held, caused_by FROM unlocks JOIN users USING (tenant_key, user_key)
      WHERE kind = 1 ORDER BY slug, user_id`,
  );

describe('an event of a team that is retracted', () => {
  // proves: retraction-by-entries
  it('takes from the team what it brought about, told once, and leaves other teams and what a person gave as they are', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([
      ofTeam('three', 3, REVOKE),
      ofTeam('kept', 3),
      ofTeam('given', 2, REVOKE),
      ofTeam('two', 2, REVOKE),
      ofTeam('late', 3, { ...REVOKE, criteria: { type: 'count', event: 'deploy.done', threshold: 3 } }),
    ]);
    const given = { teamId: 'red', slug: 'given', level: null, period: null, reason: 'well done' };
    await harness.appendControl({ kind: 'team_unlock_granted', ...given });
    await harness.append([...builds(1, 3), ...builds(1, 3, 'blue')]);
    await harness.appendControl(retraction('red-2', 'cyd'));
    await harness.appendControl(retraction('red-2', 'cyd'));
    await harness.appendControl(retraction('red-1', 'cyd'));
    await harness.appendControl(retraction('unknown', 'cyd'));
    await harness.evaluated();

    const [revoked, ...others] = await harness.published('events.achievement.revoked', 1);
    expect(others).toEqual([]);
    expect(revoked).toMatchObject({ user_id: null, team_id: 'red', achievement: { slug: 'three' }, reason: 'it never happened' });
    expect((await unlocks()).filter(({ held }) => !held)).toMatchObject([{ slug: 'three', team: 'red' }]);

    // A repetition of it stays one, and another event brings back what it took.
    await harness.append(builds(2, 2));
    await harness.evaluated();
    expect((await unlocks()).filter(({ held }) => !held)).toHaveLength(1);
    await harness.append(builds(4, 4));
    await harness.evaluated();
    expect((await unlocks()).filter(({ held }) => !held)).toEqual([]);
    expect(await harness.count('xp_entries')).toBe(0);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('counts for no version that is published later, and is no evidence', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('four', 4)]);
    await harness.append(builds(1, 3));
    await harness.appendControl(retraction('red-2', 'cyd'));
    await harness.publishPack([ofTeam('four', 4), ofTeam('late', 3)]);
    await harness.append(builds(4, 5));
    await harness.evaluated();
    const evidence = await harness.rows<{ slug: string; evidence: string[] }>('SELECT slug, evidence FROM unlocks ORDER BY slug');
    expect(evidence.map(({ slug, evidence: ids }) => [slug, [...ids].sort()])).toEqual([
      ['four', ['red-1', 'red-3', 'red-4', 'red-5']],
      ['late', ['red-1', 'red-3', 'red-4']],
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('gives the teams of a member back what their choice kept from counting', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([ofTeam('two', 2)]);
    await harness.append([anEvent({ id: 'out', user: 'ada', type: 'privacy.opted_out' })]);
    for (const team of ['red', 'blue']) await harness.append([1, 2].map((n) => anEvent({ id: `${team}-${n}`, user: 'ada', team })));
    await harness.append(builds(1, 2, 'green'));
    await harness.evaluated();
    expect(await unlocks()).toMatchObject([{ team: 'green' }]);
    await harness.appendControl(retraction('out', 'ada'));
    await harness.append([anEvent({ id: 'black-1', user: 'ada', team: 'black' }), anEvent({ id: 'black-2', user: 'ada', team: 'black' })]);
    await harness.evaluated();
    expect(await unlocks()).toMatchObject([
      { team: 'black', caused_by: 'black-2' },
      { team: 'blue', caused_by: 'blue-2' },
      { team: 'green' },
      { team: 'red', caused_by: 'red-2' },
    ]);
    expect(await differencesToReplay(harness)).toEqual([]);
  });

  it('waits for partitions that are behind, and is taken up by another owner', async () => {
    await harness.publishPack([ofTeam('three', 3, REVOKE)]);
    await harness.append(builds(1, 3));
    await harness.appendControl(retraction('red-1', 'ben'));
    await harness.append(builds(4, 4, 'blue'));
    await harness.startEvaluator('one');
    await harness.startEvaluator('two');
    await harness.evaluated();
    expect(await unlocks()).toMatchObject([{ slug: 'three', team: 'red', held: false }]);
  });
});
