import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { progress } from '../explain/progress.js';
import { fold } from '../fold.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState } from '../state/userState.js';
import { eventfulHistories, UNTIL, zones } from '../testing/arbitraryHistory.js';
import { packs } from '../testing/arbitraryPack.js';
import { catalogueIn } from '../testing/foldHistory.js';
import { holdsForHistories } from '../testing/holdsForHistories.js';

const SNAPSHOTS_MAX = 4;

describe('a state that is encoded', () => {
  // proves: restore-anywhere
  test('goes on from any snapshot as if it had never been', (context) => {
    const places = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: SNAPSHOTS_MAX });
    const property = fc.property(packs, eventfulHistories, fc.tuple(zones, places), (pack, events, [zone, snapshots]) => {
      const catalogue = catalogueIn(zone, pack);
      const live = emptyState();
      const taken = new Map<number, Uint8Array>();
      const effects = events.map((event, at) => {
        if (snapshots.includes(at)) taken.set(at, encodeState(live));
        return fold(catalogue, live, event);
      });
      for (const [at, bytes] of taken) {
        const restored = decodeState(bytes);
        expect(encodeState(restored)).toEqual(bytes);
        expect(events.slice(at).map((event) => fold(catalogue, restored, event))).toEqual(effects.slice(at));
        expect(encodeState(restored)).toEqual(encodeState(live));
        expect(progress(catalogue, restored, UNTIL)).toEqual(progress(catalogue, live, UNTIL));
      }
    });
    holdsForHistories(property, 14_000, context);
  });

  test('that is restored after every event ends in the same bytes', (context) => {
    const property = fc.property(packs, eventfulHistories, zones, (pack, events, zone) => {
      const catalogue = catalogueIn(zone, pack);
      const live = emptyState();
      let bytes = encodeState(live);
      for (const event of events) {
        fold(catalogue, live, event);
        const restored = decodeState(bytes);
        fold(catalogue, restored, event);
        bytes = encodeState(restored);
      }
      expect(bytes).toEqual(encodeState(live));
    });
    holdsForHistories(property, 4_000, context);
  });
});
