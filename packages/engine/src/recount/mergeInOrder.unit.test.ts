import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Catalogue } from '../catalogue/catalogue.js';
import { AchievementState } from '../state/achievementState.js';
import { encodeState } from '../state/encodeState.js';
import { emptyState } from '../state/userState.js';
import { events, lateness, logs, packs } from '../testing/arbitraryLog.js';
import { type Entry, inLogOrder, LateEvaluation, occasion, placed, sortedBy } from '../testing/LateEvaluation.js';
import { achievement, makeCatalogue, makePack } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { NO_PERIOD } from '../windows/periodKey.js';
import { mergeInOrder } from './mergeInOrder.js';
import { recountCatalogues } from './pendingRecount.js';
import { Scratch } from './scratch.js';

/** The whole log, each recount as late as `lags` say, some of them after a try that a crash undid. */
function evaluate(log: readonly Entry[], lags: readonly number[], crashes: readonly boolean[] = [false]): LateEvaluation {
  const evaluation = new LateEvaluation(log);
  let merges = 0;
  const merge = (): void => {
    const then = crashes[merges % crashes.length] === true && merges % 3 < 2 ? 'crash' : 'done';
    merges += 1;
    evaluation.merge(then);
  };
  while (evaluation.sequence < log.length) {
    evaluation.step();
    while (evaluation.pending[0] !== undefined && evaluation.sequence >= evaluation.pending[0].sequence + (lags[merges % lags.length] ?? 0))
      merge();
  }
  while (evaluation.pending.length > 0) merge();
  return evaluation;
}

function outcomeOf(evaluation: LateEvaluation) {
  let total = 0;
  for (const row of inLogOrder(evaluation.xp)) expect([row.key, row.totalAfter]).toEqual([row.key, (total += row.amount)]);
  return {
    unlocks: sortedBy(evaluation.unlocks).map(({ order: _, ...row }) => row),
    // Of what one entry of the log brought about, the order may be another.
    xp: sortedBy(evaluation.xp).map(({ totalAfter: _, order: __, ...row }) => row),
    state: Buffer.from(encodeState(evaluation.state)).toString('hex'),
  };
}

// proves: recount-beside-traffic
test('a recount beside live events gives what one gives that stands still, however late it is merged', () => {
  fc.assert(
    fc.property(logs, lateness, (log, lags) => {
      expect(outcomeOf(evaluate(log, lags))).toEqual(outcomeOf(evaluate(log, [0])));
    }),
    { numRuns: 600 },
  );
});

test('a recount gives the unlocks and the XP of a publication that came before everything', () => {
  const publication = packs.map((entry) => ({ ...entry, onPublish: 'recount' }) as Entry);
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), publication, fc.tuple(fc.nat(40), lateness), (all, published, [at, lags]) => {
      const before = evaluate([published, ...all], [0]);
      const after = evaluate([...all.slice(0, at), published, ...all.slice(at)], lags);
      expect(sortedBy(after.unlocks).map(({ key }) => key)).toEqual(sortedBy(before.unlocks).map(({ key }) => key));
      expect(after.state.xp).toBe(before.state.xp);
    }),
    { numRuns: 400 },
  );
});

// proves: new-version-takes-nothing
test('a recount that a crash made begin anew gives no more and no less', () => {
  fc.assert(
    fc.property(logs, lateness, fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }), (log, lags, crashes) => {
      expect(outcomeOf(evaluate(log, lags, crashes))).toEqual(outcomeOf(evaluate(log, [0])));
    }),
    { numRuns: 400 },
  );
});

test('a recount notes what counted in every period that a late event may still complete, for the evidence of that', () => {
  const weekMs = 7 * 86_400_000;
  const each = { type: 'count', event: 'build.done', threshold: 3, window: { calendar: 'week' } };
  const publication: Entry = {
    kind: 'publish',
    pack: { achievements: [achievement('each', { criteria: each, repeat: 'each_period' })] },
    onPublish: 'recount',
  };
  const inWeek = (week: number): Entry => ({ kind: 'event', event: makeEvent({ type: 'build.done', at: SUNDAY + week * weekMs }) });
  expect(evaluate([publication, inWeek(0), inWeek(2), inWeek(0)], [3]).matched).toEqual(['e2', 'e4', 'e3']);
});

test('what was taken back and is given again while a recount is under way counts for a list from there on', () => {
  const held = { xpReward: 0, value: 1, threshold: 1, revoked: false, retracted: false };
  const counted = (slug: string, event: string) => achievement(slug, { criteria: { type: 'count', event, threshold: 1 } });
  const list = achievement('list', { criteria: { type: 'achievements', slugs: ['back', 'late'] } });
  const pack = makePack({ achievements: [counted('back', 'build.done'), counted('late', 'deploy.done'), list] });
  const catalogue = Catalogue.empty().publish(
    pack,
    Catalogue.empty().planPublish(pack, () => 1),
    { sequence: 3, publishedAt: 0, keyOf: () => 1 },
  );
  const recount = { slugs: ['late', 'list'], xpRules: [] };
  const { counting, merging } = recountCatalogues(catalogue, recount, []);
  const state = emptyState();
  const back = new AchievementState(1);
  back.held.put('', NO_PERIOD, { ...held, turns: 2 });
  state.achievements.set('back', back);
  const scratch = new Scratch(3);
  scratch.fold(counting, placed(makeEvent({ type: 'deploy.done', at: SUNDAY }), 4));
  const { placed: found } = mergeInOrder(state, {
    ...{ userId: 'u1', ...recount, scratch, isDone: () => false },
    phases: [{ sequence: 3, ...occasion(3), catalogue: merging, isRecheckDue: false }],
    before: { unlocks: new Map(), xp: new Map() },
    since: { unlocks: [{ sequence: 6, index: 0, slug: 'back', level: null, period: null, at: SUNDAY, cause: 'e6' }], entries: [] },
  });
  const unlocked = found.flatMap(({ sequence, effects }) =>
    effects.unlocks.map(({ definition, causedBy }) => [definition.slug, sequence, causedBy]),
  );
  expect(unlocked).toEqual([
    ['late', 4, 'e4'],
    ['list', 6, 'e6'],
  ]);
});

test('what went with a retracted event is given back by a recount that finds it, and what a person took is not', () => {
  const catalogue = makeCatalogue({
    achievements: [
      achievement('two', { criteria: { type: 'count', event: 'build.done', threshold: 2 }, xp_reward: 10 }),
      achievement('list', { criteria: { type: 'achievements', slugs: ['two'] }, xp_reward: 5 }),
    ],
  });
  const recounted = (isRetracted: boolean) => {
    const state = emptyState();
    for (const slug of ['two', 'list']) {
      const taken = new AchievementState(1);
      taken.held.put('', NO_PERIOD, { xpReward: 10, value: 3, threshold: 3, revoked: true, retracted: isRetracted, turns: 1 });
      state.achievements.set(slug, taken);
    }
    const recount = { slugs: ['two', 'list'], xpRules: [] };
    const { counting, merging } = recountCatalogues(catalogue, recount, []);
    const scratch = new Scratch(9);
    for (const sequence of [1, 2]) scratch.fold(counting, placed(makeEvent({ type: 'build.done', at: SUNDAY }), sequence));
    const { placed: found } = mergeInOrder(state, {
      ...{ userId: 'u1', ...recount, scratch, isDone: () => false },
      phases: [{ sequence: 9, ...occasion(9), catalogue: merging, isRecheckDue: false }],
      before: { unlocks: new Map(), xp: new Map() },
      since: { unlocks: [], entries: [] },
    });
    const effects = found.flatMap(({ effects: { unlocks } }) => unlocks);
    return { xp: state.xp, unlocks: effects.map(({ definition, causedBy, restored }) => [definition.slug, causedBy, restored]) };
  };
  const givenBack = [
    ['two', 'e2', true],
    ['list', 'e2', true],
  ];
  expect(recounted(true)).toEqual({ xp: 15, unlocks: givenBack });
  expect(recounted(false)).toEqual({ xp: 0, unlocks: [] });
});
