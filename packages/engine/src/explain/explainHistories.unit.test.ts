import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { emptyState } from '../state/userState.js';
import { eventfulHistories, UNTIL, zones } from '../testing/arbitraryHistory.js';
import { packs } from '../testing/arbitraryPack.js';
import { catalogueIn, foldHistory } from '../testing/foldHistory.js';
import { explain } from './explain.js';
import type { Explanation } from './explanation.js';
import { progressOf } from './progress.js';
import type { RecordedUnlock } from './recordedUnlock.js';

const sum = (totals: Explanation['notCountedTotals']): number => Object.values(totals).reduce((total, count) => total + count, 0);

/** What the fold handed to the criterion may be one that came before, fall on a skipped day, or lie in another window than the one shown. */
const COUNTED_ALL_THE_SAME = new Set<string | null>([null, 'adds_nothing', 'skipped_day', 'outside_window']);

describe('an explanation of any history of any pack', () => {
  test('counts each event just where the fold counted it, and accounts for every one', () => {
    fc.assert(
      fc.property(packs, eventfulHistories, zones, (pack, history, zone) => {
        const catalogue = catalogueIn(zone, pack);
        const state = emptyState();
        const matched = history.map((event) => new Set(fold(catalogue, state, event).matched));
        for (const [slug, { key, definition }] of catalogue.definitions) {
          const explained = explain(catalogue, slug, { history, now: UNTIL, eventId: history.at(-1)?.eventId ?? 'none' });
          if (explained === null) throw new Error(`${slug} is not published`);
          const { eligible, ...shown } = progressOf(catalogue, state, { slug, now: UNTIL }) ?? { eligible: null };
          expect(explained).toMatchObject(shown);
          if (eligible === false && explained.status !== 'unlocked') expect(explained.blockedBy).not.toBeNull();
          expect(explained.countedTotal + sum(explained.notCountedTotals)).toBe(history.length);
          // Of a period in which all is unlocked, nothing more is counted once it is over.
          if (definition.repeat === 'each_period') continue;
          for (const [i, { eventId }] of history.entries()) {
            const outcome = explain(catalogue, slug, { history: history.slice(0, i + 1), now: UNTIL, eventId })?.event;
            expect([slug, eventId, COUNTED_ALL_THE_SAME.has(outcome?.reason ?? null)]).toEqual([slug, eventId, matched[i]?.has(key)]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('names what the fold unlocked, by which event', () => {
    fc.assert(
      fc.property(packs, eventfulHistories, zones, (pack, history, zone) => {
        const catalogue = catalogueIn(zone, pack);
        const { unlocks } = foldHistory(catalogue, history);
        for (const slug of catalogue.definitions.keys()) {
          const own = unlocks.filter(({ definition }) => definition.slug === slug);
          const crossed = explain(catalogue, slug, { history, now: UNTIL })?.crossed;
          expect(crossed?.map(({ eventId, value, level, period }) => [eventId, value, level, period])).toEqual(
            own.map(({ causedBy, value, level, period }) => [causedBy, value, level, period]),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  const oddNumbers = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 8.64e15, -8.64e15));
  const oddParts = fc.record<Partial<EngineEvent>>(
    {
      occurredAt: oddNumbers,
      propertiesJson: fc.oneof(fc.json(), fc.string()),
      sequence: fc.maxSafeNat(),
      eventId: fc.constantFrom('e1', 'e2', ''),
    },
    { requiredKeys: [] },
  );
  const oddUnlocks: fc.Arbitrary<RecordedUnlock> = fc.record({
    version: fc.nat(),
    level: fc.option(fc.constantFrom('bronze', 'x')),
    period: fc.option(fc.constantFrom('2026', '2026-04', '#1', 'x')),
    value: oddNumbers,
    threshold: oddNumbers,
    unlockedAt: oddNumbers,
    causedBy: fc.constantFrom('e1', 'e2', 'e3', 'entry'),
    sequence: fc.maxSafeNat(),
    backfilled: fc.boolean(),
    evidence: fc.array(fc.string(), { maxLength: 2 }),
    granted: fc.option(fc.record({ actor: fc.option(fc.string()), reason: fc.string() })),
    revoked: fc.option(fc.record({ actor: fc.option(fc.string()), reason: fc.string(), at: oddNumbers })),
  });

  test('never throws, and never denies what the state says, however odd what it is made from', () => {
    fc.assert(
      fc.property(
        packs,
        eventfulHistories,
        fc.record({ odd: fc.array(oddParts), unlocks: fc.array(oddUnlocks, { maxLength: 3 }), now: oddNumbers, isPartial: fc.boolean() }),
        (pack, history, { odd, unlocks, now, isPartial }) => {
          const catalogue = catalogueIn('UTC', pack);
          const { state } = foldHistory(catalogue, history);
          const bent = history.map((event, i) => ({ ...event, ...odd[i] }));
          for (const slug of catalogue.definitions.keys()) {
            const explained = explain(catalogue, slug, { history: bent, state, unlocks, now, isPartial, eventId: 'e1' });
            const { status, value, threshold } = progressOf(catalogue, state, { slug, now }) ?? {};
            expect(explained).toMatchObject({ status, value, threshold });
            expect(explained?.summary).not.toBe('');
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
