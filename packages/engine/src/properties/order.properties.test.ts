import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../engineEvent.js';
import { histories, zones } from '../testing/arbitraryHistory.js';
import { packs } from '../testing/arbitraryPack.js';
import { catalogueIn, foldHistory, keyOf, withoutUnlockValues } from '../testing/foldHistory.js';
import { holdsForHistories } from '../testing/holdsForHistories.js';
import type { PlainAchievement, PlainPack } from '../testing/naiveEngine.js';
import { orderFreePack } from '../testing/naivePack.js';

/** Where a value can fall again, or something is forgotten, the contract lets the order matter. */
function isFreeOfOrder({ criteria: { type, value, window } }: PlainAchievement): boolean {
  if (type === 'latest' || type === 'ratio' || type === 'xp' || type === 'achievements') return false;
  return window?.rolling === undefined && value !== 'properties.n - 3.0';
}

const packsFreeOfOrder: fc.Arbitrary<PlainPack> = fc.oneof(
  fc.constant(orderFreePack),
  packs
    .map((pack) => ({ ...pack, achievements: pack.achievements.filter(isFreeOfOrder) }))
    .filter(({ achievements }) => achievements.length > 0),
);

/** The same events in another order, some of them sent again. */
const inTwoOrders = histories.chain((events) =>
  fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
);

/** What reaches the engine: the first of each. */
function withoutDuplicates(events: readonly EngineEvent[]): EngineEvent[] {
  return [...new Map(events.toReversed().map((event) => [event.eventId, event])).values()].toReversed();
}

describe('the same events in another order, with duplicates', () => {
  // proves: order-does-not-matter
  test('lead to the same bytes, unlocks and XP', (context) => {
    const property = fc.property(packsFreeOfOrder, inTwoOrders, zones, (pack, [events, shuffled], zone) => {
      const catalogue = catalogueIn(zone, pack);
      const one = foldHistory(catalogue, events);
      const other = foldHistory(catalogue, withoutDuplicates(shuffled));
      expect(other.unlocks.map(keyOf).sort()).toEqual(one.unlocks.map(keyOf).sort());
      expect(withoutUnlockValues(other.state)).toEqual(withoutUnlockValues(one.state));
    });
    holdsForHistories(property, 16_000, context);
  });
});
