import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import { holdUnlocks } from '../holdUnlocks.js';
import { recheck } from '../recheck.js';
import { revoke } from '../revoke.js';
import { eventfulHistories, zones } from '../testing/arbitraryHistory.js';
import { packs } from '../testing/arbitraryPack.js';
import { catalogueIn } from '../testing/foldHistory.js';
import { encodeState } from './encodeState.js';
import { emptyState, type UserState } from './userState.js';

const STEPS = ['fold', 'fold', 'fold', 'fold', 'fold', 'grant', 'revoke', 'recheck', 'hold'] as const;
type Step = (typeof STEPS)[number];

/** Folds an event, and before it does by hand what can be done by hand. */
function take(catalogue: Catalogue, state: UserState, { step, event, slug }: { step: Step; event: EngineEvent; slug: string }): void {
  const at = event.occurredAt;
  const byHand = { slug, level: null, period: null, at, cause: 'admin-1', reason: 'because' };
  if (step === 'grant') grant(catalogue, state, byHand);
  if (step === 'revoke') revoke(catalogue, state, byHand);
  if (step === 'recheck') recheck(catalogue, state, { at, cause: 'entry-1' });
  if (step === 'hold') holdUnlocks(state, [{ slug, level: null, period: null, revoked: false }], 7);
  fold(catalogue, state, event);
}

test('a state that is written now and then gives the bytes of one that was never written before', () => {
  const plans = fc.array(fc.record({ step: fc.constantFrom(...STEPS), isWritten: fc.boolean(), place: fc.nat() }), {
    minLength: 60,
    maxLength: 60,
  });
  let written = 0;
  fc.assert(
    fc.property(packs, eventfulHistories, fc.tuple(zones, plans), (pack, events, [zone, plan]) => {
      const catalogue = catalogueIn(zone, pack);
      const slugs = [...catalogue.rules.keys()];
      const [once, often] = [emptyState(), emptyState()];
      for (const [i, event] of events.entries()) {
        const { step = 'fold', isWritten = false, place = 0 } = plan[i] ?? {};
        const slug = slugs[place % slugs.length] ?? '';
        take(catalogue, once, { step, event, slug });
        take(catalogue, often, { step, event, slug });
        if (isWritten) written += encodeState(often).length;
      }
      expect(encodeState(often)).toEqual(encodeState(once));
    }),
    { numRuns: 1_000 },
  );
  expect(written).toBeGreaterThan(0);
});
