import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import { mergeRecount } from '../recount/mergeRecount.js';
import { recountCatalogue } from '../recount/recountCatalogue.js';
import { revoke } from '../revoke.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { type ProgressItem, progressOf } from './progress.js';

const HOUR_MS = 3_600_000;
const history = Array.from({ length: 10 }, (_, i) => makeEvent({ sequence: i + 1, at: SUNDAY + i * HOUR_MS }));
const counting = (threshold: number) => ({
  achievements: [achievement('it', { criteria: { type: 'count', event: 'build.succeeded', threshold } })],
});
const by = { slug: 'it', level: null, period: null, at: SUNDAY, cause: 'admin', reason: 'A test.' };
const shown = (catalogue: Catalogue, state: UserState): ProgressItem | null => progressOf(catalogue, state, { slug: 'it', now: SUNDAY });

/** Publishes another threshold and recounts the whole history. */
function publish(state: UserState, threshold: number, onto: Catalogue): Catalogue {
  const catalogue = makeCatalogue(counting(threshold), { onto });
  const scratch = emptyState();
  const scratchUnlocks = history.flatMap((event) => fold(recountCatalogue(catalogue, ['it']), scratch, event).unlocks);
  mergeRecount(catalogue, state, { scratch, slugs: ['it'], scratchUnlocks, cause: 'publish', at: SUNDAY });
  return catalogue;
}

describe('progress in what is complete', () => {
  test('shows what it took, whatever a later version asks for', () => {
    const state = emptyState();
    const first = makeCatalogue(counting(50));
    for (const event of history) fold(first, state, event);
    expect(shown(first, state)).toMatchObject({ status: 'progressing', value: 10, threshold: 50 });
    const second = publish(state, 3, first);
    expect(shown(second, state)).toMatchObject({ status: 'unlocked', value: 3, threshold: 3 });
    const third = publish(state, 50, second);
    expect(shown(third, state)).toMatchObject({ status: 'unlocked', value: 3, threshold: 3 });
  });

  test('is below the threshold only where it was granted', () => {
    const catalogue = makeCatalogue(counting(50));
    const state = emptyState();
    fold(catalogue, state, makeEvent());
    grant(catalogue, state, by);
    expect(shown(catalogue, state)).toMatchObject({ status: 'unlocked', value: 1, threshold: 50 });
  });

  test('keeps the value of what was revoked, which does not unlock by itself again', () => {
    const catalogue = makeCatalogue(counting(3));
    const state = emptyState();
    for (const event of history) fold(catalogue, state, event);
    revoke(catalogue, state, by);
    expect(shown(catalogue, state)).toMatchObject({ status: 'progressing', value: 3, threshold: 3, eligible: false });
    grant(catalogue, state, by);
    expect(shown(catalogue, state)).toMatchObject({ status: 'unlocked', value: 3, eligible: true });
  });
});
