import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from './catalogue/catalogue.js';
import type { EngineEvent } from './engineEvent.js';
import { explain } from './explain/explain.js';
import { progress } from './explain/progress.js';
import { fold } from './fold.js';
import { grant } from './grant.js';
import { parsePack } from './packs/parsePack.js';
import { Preview } from './preview/preview.js';
import { recheck } from './recheck.js';
import { revoke } from './revoke.js';
import { decodeState, encodeState } from './state/encodeState.js';
import { StateFormatError } from './state/stateFormatError.js';
import { emptyState } from './state/userState.js';
import { catalogueIn } from './testing/foldHistory.js';
import { makeCatalogue } from './testing/makeCatalogue.js';
import { naivePack } from './testing/naivePack.js';

const gated = naivePack.achievements.map((item) => ({
  ...item,
  slug: `gated-${String(item.slug)}`,
  tier_required: 'pro',
  sensitive: true,
  category: 'health',
}));
const waiting = gated.map((item) =>
  item.slug === 'gated-both' ? { ...item, criteria: { type: 'achievements', slugs: ['gated-max', 'gated-sum'] } } : item,
);
const catalogue: Catalogue = makeCatalogue({ achievements: [...naivePack.achievements, ...waiting], xp_rules: naivePack.xp_rules });

const types = fc.oneof(
  fc.constantFrom(
    'build.done',
    'deploy.done',
    'profile.updated',
    'subscription.created',
    'subscription.changed',
    'subscription.canceled',
    'privacy.opted_out',
    'privacy.opted_in',
  ),
  fc.string(),
);
const oddNumbers = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 8.64e15, -8.64e15, 0.5));
const someProperties = fc
  .record(
    {
      n: fc.anything(),
      s: fc.anything(),
      timezone: fc.constantFrom<unknown>('Europe/Berlin', 'Pacific/Apia', 'x', 3, null),
      tier: fc.constantFrom<unknown>('pro', 'free', 'x', 3),
      category: fc.constantFrom<unknown>('health', '', 7),
    },
    { requiredKeys: [] },
  )
  .map((properties) => {
    try {
      return JSON.stringify(properties);
    } catch {
      return '{}';
    }
  });
const text = fc.string({ unit: 'binary' });
const events: fc.Arbitrary<EngineEvent> = fc.record({
  eventId: text,
  type: types,
  tenantId: text,
  userId: text,
  teamId: fc.option(text),
  source: fc.record({ platform: text, app: fc.option(text), ref: fc.option(text), sdk: fc.option(text), sdkVersion: fc.option(text) }),
  occurredAt: fc.oneof(fc.integer({ min: 1.6e12, max: 1.8e12 }), oddNumbers),
  receivedAt: oddNumbers,
  clockSkewed: fc.boolean(),
  backfill: fc.boolean(),
  schemaVersion: fc.nat(),
  propertiesJson: fc.oneof(someProperties, fc.json(), fc.string()),
  sequence: fc.maxSafeNat(),
  index: fc.nat(),
});
const byHand = fc.record({
  slug: fc.oneof(fc.constantFrom(...catalogue.definitions.keys()), fc.string()),
  level: fc.option(fc.constantFrom('bronze', 'gold', 'x')),
  period: fc.option(fc.constantFrom('2026', '2026-04', '2026-W15', '#1', '#999999999', 'x')),
  at: oddNumbers,
  cause: text,
  reason: text,
});

const published = catalogueIn('Europe/Berlin', { achievements: [] });
const drafted = parsePack(naivePack);

describe('whatever comes', () => {
  test('a preview of it can be told', () => {
    if (!drafted.ok) throw new Error('the pack is refused');
    fc.assert(
      fc.property(fc.array(events, { maxLength: 20 }), fc.option(oddNumbers), oddNumbers, (history, since, now) => {
        const begun = Preview.begin(drafted.value, { published, since });
        if (!begun.ok) throw new Error('the draft is refused');
        for (const event of history) begun.value.take(event);
        expect(begun.value.report(now).events).toBeLessThanOrEqual(history.length);
      }),
      { numRuns: 300 },
    );
  });

  // proves: engine-never-throws
  test('bytes that are no state are refused, and nothing else happens', () => {
    const [layout] = encodeState(emptyState());
    const any = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(
        fc.oneof(
          any,
          any.map((bytes) => new Uint8Array([layout ?? 0, ...encodeState(emptyState()).slice(1, 7), ...bytes])),
        ),
        (bytes) => {
          try {
            decodeState(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(StateFormatError);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  // proves: engine-never-throws
  test('nothing throws, and a state is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 15 }), fc.array(byHand, { maxLength: 4 }), oddNumbers, (history, hands, now) => {
        const state = emptyState();
        for (const event of history) fold(catalogue, state, event);
        for (const hand of hands) {
          grant(catalogue, state, hand);
          revoke(catalogue, state, { ...hand, level: null });
        }
        recheck(catalogue, state, { at: now, cause: 'x' });
        progress(catalogue, state, now);
        explain(catalogue, 'life', { history, now });
        explain(catalogue, 'gated-each-month', { history, now, state });
        expect(encodeState(decodeState(encodeState(state)))).toEqual(encodeState(state));
        expect(Number.isSafeInteger(state.xp)).toBe(true);
      }),
      { numRuns: 600, endOnFailure: true },
    );
  });
});
