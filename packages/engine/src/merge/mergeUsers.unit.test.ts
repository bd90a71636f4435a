import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { revoke } from '../revoke.js';
import { encodeState } from '../state/encodeState.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { NO_PERIOD } from '../windows/periodKey.js';
import { type MergedUsers, mergeUsers } from './mergeUsers.js';

const counted = (slug: string, threshold: number, more: object = {}) =>
  achievement(slug, { criteria: { type: 'count', event: 'build.succeeded', threshold }, xp_reward: 10, ...more });
const builds = (...sequences: number[]) => sequences.map((sequence) => makeEvent({ sequence }));
const DAY_MS = 86_400_000;

function folded(catalogue: Catalogue, events: readonly EngineEvent[], state = emptyState()): UserState {
  for (const event of events) fold(catalogue, state, event);
  return state;
}

function merged(catalogue: Catalogue, into: UserState, from: UserState): MergedUsers {
  return mergeUsers(catalogue, { into, from }, { at: SUNDAY, cause: 'm1' });
}

const slugs = (of: readonly { slug: string; became: string }[]) => of.map(({ slug, became }) => `${slug} ${became}`);
const amounts = ({ effects }: MergedUsers) => effects.xp.map(({ amount, reason, slug }) => ({ amount, reason, slug }));

describe('two users become one', () => {
  test('what only both together reach unlocks, backfilled', () => {
    const catalogue = makeCatalogue({ achievements: [counted('five', 5)] });
    const into = folded(catalogue, builds(1, 2, 3));
    const result = merged(catalogue, into, folded(catalogue, builds(4, 5)));
    expect(result.effects.unlocks).toMatchObject([
      { definition: { slug: 'five' }, value: 5, backfilled: true, unlockedAt: SUNDAY, causedBy: 'm1' },
    ]);
    expect(into.xp).toBe(10);
    expect(result.unlocks).toEqual([]);
  });

  test('counts are those of both histories, whichever of the two goes on', () => {
    const catalogue = makeCatalogue({
      achievements: [
        counted('daily', 9, { criteria: { type: 'count', event: 'build.succeeded', threshold: 9, window: { calendar: 'day' } } }),
        achievement('run', { criteria: { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 9 } }),
      ],
    });
    const a = [0, 1, 5].map((day, i) => makeEvent({ sequence: i + 1, at: SUNDAY + day * DAY_MS }));
    const b = [2, 3, 4].map((day, i) => makeEvent({ sequence: i + 10, at: SUNDAY + day * DAY_MS }));
    const whole = encodeState(folded(catalogue, [...a, ...b]));
    const ab = folded(catalogue, a);
    merged(catalogue, ab, folded(catalogue, b));
    const ba = folded(catalogue, b);
    merged(catalogue, ba, folded(catalogue, a));
    expect([encodeState(ab), encodeState(ba)]).toEqual([whole, whole]);
  });

  test('an unlock goes over with what it paid, and the other ledger is closed', () => {
    const catalogue = makeCatalogue({ achievements: [counted('one', 1)] });
    const into = emptyState();
    const result = merged(catalogue, into, folded(catalogue, builds(1)));
    expect(slugs(result.unlocks)).toEqual(['one taken']);
    expect(amounts(result)).toEqual([{ amount: 10, reason: 'merge', slug: null }]);
    expect(result.closing.xp).toMatchObject([{ amount: -10, totalAfter: 0, reason: 'merge' }]);
    expect(result.effects.unlocks).toEqual([]);
    // Nothing unlocks it again.
    expect(folded(catalogue, builds(2), into).xp).toBe(10);
  });

  test('what a person took from one stays taken, though the other lost it to a retraction only and both together reach it', () => {
    const catalogue = makeCatalogue({ achievements: [counted('two', 2)] });
    const into = folded(catalogue, builds(1, 2));
    const { held } = into.achievements.get('two') ?? { held: undefined };
    const unlock = held?.get('', NO_PERIOD);
    if (held === undefined || unlock === undefined) throw new Error('it was not unlocked');
    held.put('', NO_PERIOD, { ...unlock, revoked: true, retracted: true, turns: 1 });
    const from = folded(catalogue, builds(3, 4));
    revoke(catalogue, from, { slug: 'two', level: null, period: null, at: SUNDAY, cause: 'r1', reason: 'a mistake', backfilled: false });
    expect(merged(catalogue, into, from).effects.unlocks).toEqual([]);
    expect(held.get('', NO_PERIOD)).toMatchObject({ revoked: true, retracted: false });
    folded(catalogue, builds(5, 6), into);
    expect(held.get('', NO_PERIOD)).toMatchObject({ revoked: true });
  });

  test('what both were paid for is paid once', () => {
    const catalogue = makeCatalogue({ achievements: [counted('one', 1), counted('two', 2)] });
    const into = folded(catalogue, builds(1));
    const result = merged(catalogue, into, folded(catalogue, builds(2, 3)));
    expect(slugs(result.unlocks)).toEqual(['one shared', 'two taken']);
    expect(amounts(result)).toEqual([
      { amount: 20, reason: 'merge', slug: null },
      { amount: -10, reason: 'merge', slug: 'one' },
    ]);
    expect(into.xp).toBe(20);
  });

  test('multiples go on from the sum of both', () => {
    const catalogue = makeCatalogue({ achievements: [counted('each', 2, { repeat: 'every_threshold' })] });
    const into = folded(catalogue, builds(1, 2, 3));
    const result = merged(catalogue, into, folded(catalogue, builds(4, 5, 6)));
    expect(result.effects.unlocks.map(({ period }) => period)).toEqual(['#2', '#3']);
    expect(into.xp).toBe(30);
  });

  test('a cap holds for both together', () => {
    const catalogue = makeCatalogue({
      achievements: [],
      xp_rules: [{ id: 'builds', event: 'build.succeeded', amount: 6, cap: { per: 'day', amount: 10 } }],
    });
    const into = folded(catalogue, builds(1, 2));
    const result = merged(catalogue, into, folded(catalogue, builds(3)));
    expect(amounts(result).map(({ amount }) => amount)).toEqual([6, -6]);
    expect(into.xp).toBe(10);
    expect(folded(catalogue, builds(4), into).xp).toBe(10);
  });

  test('XP and lists that both make up together unlock', () => {
    const catalogue = makeCatalogue({
      achievements: [
        counted('build', 1),
        achievement('deploy', { criteria: { type: 'count', event: 'deploy.done', threshold: 1 }, xp_reward: 10 }),
        achievement('all', { criteria: { type: 'achievements', slugs: ['build', 'deploy'] } }),
        achievement('rich', { criteria: { type: 'xp', threshold: 20 } }),
      ],
    });
    const into = folded(catalogue, builds(1));
    const result = merged(catalogue, into, folded(catalogue, [makeEvent({ sequence: 2, type: 'deploy.done' })]));
    expect(result.effects.unlocks.map(({ definition }) => definition.slug)).toEqual(['all', 'rich']);
  });

  test('what a person took stays taken where nobody holds it, and comes back where the other does', () => {
    const catalogue = makeCatalogue({ achievements: [counted('one', 1)] });
    const byHand = { slug: 'one', level: null, period: null, at: SUNDAY, cause: 'c1', reason: 'cheated' };
    const cheater = folded(catalogue, builds(1));
    revoke(catalogue, cheater, byHand);
    const heir = emptyState();
    expect(slugs(merged(catalogue, heir, cheater).unlocks)).toEqual(['one taken']);
    expect(folded(catalogue, builds(2), heir).xp).toBe(0);

    const pardoned = folded(catalogue, builds(1));
    revoke(catalogue, pardoned, byHand);
    const result = merged(catalogue, pardoned, folded(catalogue, builds(2)));
    expect(slugs(result.unlocks)).toEqual(['one regained']);
    expect(pardoned.xp).toBe(10);
  });

  test('to merge an empty state once more changes nothing', () => {
    const catalogue = makeCatalogue({ achievements: [counted('one', 1), counted('five', 5)] });
    const into = folded(catalogue, builds(1, 2));
    const before = encodeState(into);
    const result = merged(catalogue, into, emptyState());
    expect([result.effects.xp, result.effects.unlocks, result.closing.xp, encodeState(into)]).toEqual([[], [], [], before]);
  });

  test.each([
    ['to everything', {}],
    ['to the category', { category: 'builds' }],
  ])('who said no %s under either id is not counted, whatever they had allowed under the other', (_, said) => {
    const catalogue = makeCatalogue({ achievements: [counted('two', 2, { category: 'builds' })] });
    const no = () => folded(catalogue, [makeEvent({ sequence: 1, type: 'privacy.opted_out', properties: said })]);
    const yes = () => folded(catalogue, [makeEvent({ sequence: 2, type: 'privacy.opted_in', properties: { category: 'builds' } })]);
    for (const [into, from] of [
      [no(), yes()],
      [yes(), no()],
    ] as const) {
      merged(catalogue, into, from);
      folded(catalogue, builds(3, 4), into);
      expect(into.achievements.get('two')?.held.any ?? false).toBe(false);
    }
  });
});
