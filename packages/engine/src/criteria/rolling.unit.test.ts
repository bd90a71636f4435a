import { describe, expect, test } from 'vitest';
import { specification } from '../specification.js';
import { achievement, makePack } from '../testing/makeCatalogue.js';

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

  test('shows the window that ends now', () => {
    expect(three.given(at('01-01'), at('01-02')).when(at('01-20')).progress).toMatchObject([{ status: 'progressing', value: 1 }]);
  });

  test('counts what comes late, up to a week more than its window', () => {
    const late = [at('01-15'), at('01-01'), at('01-02')];
    expect(three.given(...late).when(at('01-03')).unlocks).toEqual(['it']);
    expect(three.given(at('01-15', '12:01:00'), ...late.slice(1)).when(at('01-03')).unlocks).toEqual([]);
  });
});
