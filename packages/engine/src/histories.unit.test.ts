import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from './catalogue/catalogue.js';
import { progress } from './explain/progress.js';
import { fold } from './fold.js';
import { xpOf } from './heldKeys.js';
import { mergeRecount } from './recount/mergeRecount.js';
import { recountCatalogue } from './recount/recountCatalogue.js';
import { decodeState, encodeState } from './state/encodeState.js';
import { mergeStates } from './state/mergeStates.js';
import { emptyState, type UserState } from './state/userState.js';
import { eventfulHistories, histories, UNTIL, ZONES, zones } from './testing/arbitraryHistory.js';
import { packs } from './testing/arbitraryPack.js';
import { catalogueIn, foldHistory, heldOf, keyOf, withoutUnlockValues } from './testing/foldHistory.js';
import { makeCatalogue } from './testing/makeCatalogue.js';
import { naiveOutcome } from './testing/naiveEngine.js';
import { naivePack, orderFreePack } from './testing/naivePack.js';

const RUNS = { numRuns: 300 };

const catalogues = new Map(ZONES.map((zone) => [zone as string, catalogueIn(zone, naivePack)]));
const orderFree = new Map(ZONES.map((zone) => [zone as string, catalogueIn(zone, orderFreePack)]));
const catalogueOf = (zone: string): Catalogue => catalogues.get(zone) ?? catalogueIn(zone, naivePack);
const orderFreeOf = (zone: string): Catalogue => orderFree.get(zone) ?? catalogueIn(zone, orderFreePack);

describe('any history', () => {
  test('gives the unlocks and XP of the naive implementation, each unlock once', () => {
    fc.assert(
      fc.property(histories, zones, (events, zone) => {
        const { state, unlocks } = foldHistory(catalogueOf(zone), events);
        const naive = naiveOutcome(naivePack, events, zone);
        expect(unlocks.map(keyOf).sort()).toEqual(naive.unlocks);
        expect(heldOf(state)).toEqual(naive.unlocks);
        expect(xpOf(state)).toBe(naive.xp);
      }),
      RUNS,
    );
  });

  // proves: what-the-rules-say
  test('gives what the naive implementation says of any pack, whatever the user changes on the way', () => {
    fc.assert(
      fc.property(packs, eventfulHistories, zones, (pack, events, zone) => {
        const { state, unlocks } = foldHistory(catalogueIn(zone, pack), events);
        const naive = naiveOutcome(pack, events, zone);
        expect(unlocks.map(keyOf).sort()).toEqual(naive.unlocks);
        expect(heldOf(state)).toEqual(naive.unlocks);
        expect(xpOf(state)).toBe(naive.xp);
      }),
      { numRuns: 1_000 },
    );
  });

  // proves: order-does-not-matter
  test('gives the same state and unlocks in any order', () => {
    const shuffles = histories.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })));
    fc.assert(
      fc.property(shuffles, zones, ([events, shuffled], zone) => {
        const one = foldHistory(orderFreeOf(zone), events);
        const other = foldHistory(orderFreeOf(zone), shuffled);
        expect(other.unlocks.map(keyOf).sort()).toEqual(one.unlocks.map(keyOf).sort());
        expect(withoutUnlockValues(other.state)).toEqual(withoutUnlockValues(one.state));
      }),
      RUNS,
    );
  });

  // proves: restore-anywhere
  test('goes on from the encoded state at any point with the same effects', () => {
    fc.assert(
      fc.property(histories, fc.nat(60), (events, at) => {
        const catalogue = catalogueOf('Europe/Berlin');
        const whole = emptyState();
        const effects = events.map((event) => fold(catalogue, whole, event));
        const restored = decodeState(encodeState(foldHistory(catalogue, events.slice(0, at)).state));
        expect(events.slice(at).map((event) => fold(catalogue, restored, event))).toEqual(effects.slice(at));
        expect(encodeState(restored)).toEqual(encodeState(whole));
        expect(progress(catalogue, restored, UNTIL)).toEqual(progress(catalogue, whole, UNTIL));
      }),
      RUNS,
    );
  });

  // proves: ledger-adds-up
  test('pays exactly what the ledger says, and every entry has a key of its own', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const catalogue = catalogueOf('UTC');
        const state = emptyState();
        const entries = events.flatMap((event) => fold(catalogue, state, event).xp);
        expect(entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(xpOf(state));
        expect(entries.at(-1)?.totalAfter ?? 0).toBe(xpOf(state));
        expect(new Set(entries.map(({ entryKey }) => entryKey)).size).toBe(entries.length);
      }),
      RUNS,
    );
  });

  test('shows every achievement that is complete as unlocked, and no other', () => {
    fc.assert(
      fc.property(histories, zones, (events, zone) => {
        const catalogue = catalogueOf(zone);
        const { state } = foldHistory(catalogue, events);
        const held = new Set(heldOf(state));
        for (const item of progress(catalogue, state, UNTIL)) {
          const { repeat, levels } = catalogue.definitions.get(item.slug)?.definition ?? {};
          if (repeat === 'once')
            expect(item.status === 'unlocked').toBe((levels ?? [{ name: '' }]).every(({ name }) => held.has(`${item.slug}|${name}|`)));
          if (repeat === 'each_period') expect(item.status === 'unlocked').toBe(held.has(`${item.slug}||${item.period ?? ''}`));
        }
      }),
      RUNS,
    );
  });
});

describe('a recount', () => {
  const counted = naivePack.achievements.map(({ slug }) => String(slug));

  test('of a history before anything was published gives what folding it live gives', () => {
    fc.assert(
      fc.property(histories, fc.nat(60), (events, at) => {
        const catalogue = catalogueOf('America/New_York');
        const live = foldHistory(catalogue, events);
        const state = emptyState();
        const history = foldHistory(recountCatalogue(catalogue, counted), events.slice(0, at));
        const recounted = mergeRecount(catalogue, state, {
          slugs: counted,
          scratch: history.state,
          scratchUnlocks: history.unlocks,
          cause: 'publish',
          at: UNTIL,
        });
        const after = foldHistory(catalogue, events.slice(at), state);
        const withoutXp = (keys: string[]): string[] => keys.filter((key) => key !== 'xp||').sort();
        expect(withoutXp([...recounted.unlocks, ...after.unlocks].map(keyOf))).toEqual(withoutXp(live.unlocks.map(keyOf)));
        expect(recounted.unlocks.every(({ backfilled }) => backfilled)).toBe(true);
        for (const [slug, { lifetime, periods }] of live.state.achievements) {
          const again = state.achievements.get(slug);
          expect([slug, again?.lifetime?.measure() ?? null]).toEqual([slug, lifetime?.measure() ?? null]);
          expect([...(again?.periods ?? [])].map(([period, counts]) => [period, counts.measure()]).sort()).toEqual(
            [...periods].map(([period, counts]) => [period, counts.measure()]).sort(),
          );
        }
      }),
      RUNS,
    );
  });

  test('done twice does no more than done once', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const catalogue = catalogueOf('UTC');
        const state = emptyState();
        const merge = (): number => {
          const history = foldHistory(recountCatalogue(catalogue, counted), events);
          return mergeRecount(catalogue, state, {
            slugs: counted,
            scratch: history.state,
            scratchUnlocks: history.unlocks,
            cause: 'publish',
            at: UNTIL,
          }).unlocks.length;
        };
        merge();
        const once = encodeState(state);
        expect(merge()).toBe(0);
        expect(encodeState(state)).toEqual(once);
      }),
      { numRuns: 100 },
    );
  });
});

describe('two halves of a history', () => {
  /** What they make of a match that came too late tells the whole from its halves. */
  const PAST_HORIZON = ['rolling-balance', 'rolling-distinct', 'rolling-checklist'];

  test('merge to the counts of the whole where nothing was completed', () => {
    const pack = {
      achievements: naivePack.achievements
        .filter(({ slug }) => slug !== 'xp' && slug !== 'both' && !PAST_HORIZON.includes(slug))
        .map((item) => ({ ...item, tier_required: 'enterprise' })),
    };
    const catalogue = makeCatalogue(pack);
    fc.assert(
      fc.property(histories, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (events, sides) => {
        const half = (side: boolean): UserState =>
          foldHistory(
            catalogue,
            events.filter((_, i) => sides[i] === side),
          ).state;
        const [a, b] = [half(true), half(false)];
        expect(encodeState(mergeStates(a, b))).toEqual(encodeState(foldHistory(catalogue, events).state));
        expect(encodeState(mergeStates(b, a))).toEqual(encodeState(mergeStates(a, b)));
      }),
      RUNS,
    );
  });
});
