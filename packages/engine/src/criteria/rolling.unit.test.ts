import { describe, expect, test } from 'vitest';
import { fold } from '../fold.js';
import { specification } from '../specification.js';
import { emptyState } from '../state/userState.js';
import { achievement, makeCatalogue, makePack } from '../testing/makeCatalogue.js';
import { makeEvent } from '../testing/makeEvent.js';

const done = (at: string, properties: Record<string, unknown> = {}) => ({ type: 'build.done', at, properties });
const of = (criteria: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
  specification(makePack({ achievements: [achievement('it', { xp_reward: 10, criteria, ...fields })] }));
const at = (day: string, time = '12:00:00') => done(`2026-${day}T${time}Z`);

describe('a rolling count', () => {
  const three = of({ type: 'count', event: 'build.done', threshold: 3, window: { rolling: '7d' } });

  test('unlocks as soon as one window holds enough', () => {
    expect(three.given(at('01-01'), at('01-07')).when(at('01-08')).unlocks).toEqual([]);
    expect(three.given(at('01-01'), at('01-07')).when(at('01-08', '11:59:59'))).toMatchObject({
      unlocks: ['it'],
      progress: [{ status: 'unlocked', value: 3 }],
    });
  });

  test('says in which window it was reached, so that evidence is looked for there', () => {
    const criteria = { type: 'count', event: 'build.succeeded', threshold: 2, window: { rolling: '1d' } };
    const catalogue = makeCatalogue({ achievements: [achievement('it', { criteria })] });
    const state = emptyState();
    const [first, second] = ['2026-01-05T12:30:20Z', '2026-01-05T08:00:00Z'].map((text) => Date.parse(text));
    fold(catalogue, state, makeEvent({ at: first ?? 0 }));
    const { unlocks } = fold(catalogue, state, makeEvent({ at: second ?? 0, sequence: 2 }));
    expect(unlocks).toMatchObject([
      { value: 2, periodStart: Date.parse('2026-01-04T12:31:00Z'), periodEnd: Date.parse('2026-01-05T12:31:00Z'), period: null },
    ]);
  });

  test('shows the window that ends now', () => {
    expect(three.given(at('01-01'), at('01-02')).when(at('01-20')).progress).toMatchObject([{ status: 'progressing', value: 1 }]);
  });

  test('counts what comes late, up to a week more than its window', () => {
    const late = [at('01-15'), at('01-01'), at('01-02')];
    expect(three.given(...late).when(at('01-03')).unlocks).toEqual(['it']);
    expect(three.given(at('01-15', '12:01:00'), ...late.slice(1)).when(at('01-03')).unlocks).toEqual([]);
  });
});
