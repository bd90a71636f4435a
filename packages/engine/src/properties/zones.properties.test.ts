import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { xpOf } from '../heldKeys.js';
import { packs } from '../testing/arbitraryPack.js';
import { zonedHistories } from '../testing/arbitraryZonedHistory.js';
import { catalogueIn, foldHistory, keyOf } from '../testing/foldHistory.js';
import { holdsForHistories } from '../testing/holdsForHistories.js';
import { naiveOutcome } from '../testing/naiveEngine.js';

describe('about switches of the clock, turns of the year, leap days and the date line', () => {
  // proves: what-the-rules-say
  test('users of any zone unlock what the naive implementation says, also when they move', (context) => {
    const property = fc.property(packs, zonedHistories, (pack, { zone, events }) => {
      const { state, unlocks } = foldHistory(catalogueIn(zone, pack), events);
      const naive = naiveOutcome(pack, events, zone);
      expect(unlocks.map(keyOf).sort()).toEqual(naive.unlocks);
      expect(xpOf(state)).toBe(naive.xp);
    });
    holdsForHistories(property, 20_000, context);
  });
});
