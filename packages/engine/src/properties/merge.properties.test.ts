import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeState } from '../state/encodeState.js';
import { mergeStates } from '../state/mergeStates.js';
import type { UserState } from '../state/userState.js';
import { histories, zones } from '../testing/arbitraryHistory.js';
import { packs } from '../testing/arbitraryPack.js';
import { catalogueIn, foldHistory } from '../testing/foldHistory.js';
import { holdsForHistories } from '../testing/holdsForHistories.js';
import type { PlainAchievement, PlainPack } from '../testing/naiveEngine.js';

const EVENTS_MAX = 60;

/** Nobody reaches the tier, so nothing is complete and all is counted. Past its horizon a rolling window knows an order. */
const packsThatOnlyCount: fc.Arbitrary<PlainPack> = packs
  .map(({ achievements }) => ({ achievements: achievements.filter(isCounted).map((item) => ({ ...item, tier_required: 'enterprise' })) }))
  .filter(({ achievements }) => achievements.length > 0);

function isCounted({ criteria: { type, window } }: PlainAchievement): boolean {
  return type !== 'xp' && type !== 'achievements' && window?.rolling === undefined;
}

const sides = fc.array(fc.nat(2), { minLength: EVENTS_MAX, maxLength: EVENTS_MAX });
const bytesOf = (state: UserState): Uint8Array => encodeState(state);

describe('a history in parts', () => {
  // proves: halves-merge
  test('merges to the bytes of the whole, whichever parts are merged first', (context) => {
    const property = fc.property(packsThatOnlyCount, histories, fc.tuple(zones, sides), (pack, events, [zone, parts]) => {
      const catalogue = catalogueIn(zone, pack);
      const part = (wanted: number): UserState =>
        foldHistory(
          catalogue,
          events.filter((_, i) => parts[i] === wanted),
        ).state;
      const [a, b, c] = [part(0), part(1), part(2)];
      const whole = bytesOf(foldHistory(catalogue, events).state);
      expect(bytesOf(mergeStates(mergeStates(a, b), c))).toEqual(whole);
      expect(bytesOf(mergeStates(a, mergeStates(b, c)))).toEqual(whole);
      expect(bytesOf(mergeStates(c, mergeStates(b, a)))).toEqual(whole);
    });
    holdsForHistories(property, 12_000, context);
  });
});
