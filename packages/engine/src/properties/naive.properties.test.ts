import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../engineEvent.js';
import { xpOf } from '../heldKeys.js';
import { eventfulHistories, zones } from '../testing/arbitraryHistory.js';
import { packs } from '../testing/arbitraryPack.js';
import { catalogueIn, foldHistory, heldOf, keyOf } from '../testing/foldHistory.js';
import { holdsForHistories } from '../testing/holdsForHistories.js';
import { naiveOutcome, type PlainPack } from '../testing/naiveEngine.js';

/** Criteria, each with the windows and the ways of repeating that it can have. */
const COMBINATIONS = [
  ...['count', 'sum'].flatMap((type) => [`${type} lifetime every_threshold`, `${type} rolling once`]),
  ...['distinct', 'checklist'].map((type) => `${type} rolling once`),
  ...['count', 'sum', 'max', 'distinct', 'checklist', 'ratio'].flatMap((type) => [
    `${type} lifetime once`,
    `${type} calendar once`,
    `${type} calendar each_period`,
  ]),
  ...['latest', 'streak', 'sequence', 'xp', 'achievements'].map((type) => `${type} lifetime once`),
];

function combinationsOf(pack: PlainPack): string[] {
  return pack.achievements.map(({ criteria: { type, window }, repeat }) => {
    const kind = window === undefined ? 'lifetime' : window.calendar === undefined ? 'rolling' : 'calendar';
    return `${type} ${kind} ${repeat ?? 'once'}`;
  });
}

function expectNaiveOutcome(pack: PlainPack, events: readonly EngineEvent[], zone: string): void {
  const { state, unlocks } = foldHistory(catalogueIn(zone, pack), events);
  const naive = naiveOutcome(pack, events, zone);
  expect(unlocks.map(keyOf).sort()).toEqual(naive.unlocks);
  expect(heldOf(state)).toEqual(naive.unlocks);
  expect(xpOf(state)).toBe(naive.xp);
}

describe('every criterion with every window and repeat', () => {
  // proves: what-the-rules-say
  test('unlocks and pays what the naive implementation says', (context) => {
    const tried = new Map<string, number>();
    const property = fc.property(packs, eventfulHistories, zones, (pack, events, zone) => {
      for (const combination of combinationsOf(pack)) tried.set(combination, (tried.get(combination) ?? 0) + 1);
      expectNaiveOutcome(pack, events, zone);
    });
    holdsForHistories(property, 40_000, context);
    expect(COMBINATIONS.filter((combination) => !tried.has(combination))).toEqual([]);
    expect([...tried.keys()].filter((combination) => !COMBINATIONS.includes(combination))).toEqual([]);
  });
});
