import { describe, expect, test } from 'vitest';
import { specification } from '../specification.js';
import { achievement, makePack } from '../testing/makeCatalogue.js';

const passed = (at: string, ok: unknown) => ({ type: 'build.done', at: `2026-${at}T12:00:00Z`, properties: { ok } });
const of = (fields: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  specification(
    makePack({
      achievements: [
        achievement('it', {
          criteria: { type: 'ratio', event: 'build.done', success: 'properties.ok == "yes"', min: 3, ...fields },
          ...more,
        }),
      ],
    }),
  );

describe('a ratio', () => {
  test('has a value once there are enough matches', () => {
    const most = of({ threshold: 0.75 });
    expect(most.given(passed('01-01', 'yes')).when(passed('01-02', 'yes'))).toMatchObject({
      unlocks: [],
      progress: [{ status: 'locked', value: 0, threshold: 0.75 }],
    });
    expect(most.given(passed('01-01', 'yes'), passed('01-02', 'yes')).when(passed('01-03', 'no'))).toMatchObject({
      unlocks: [],
      progress: [{ status: 'progressing', value: 2 / 3 }],
    });
    expect(most.given(passed('01-01', 'yes'), passed('01-02', 'yes'), passed('01-03', 'no')).when(passed('01-04', 'yes'))).toMatchObject({
      unlocks: ['it'],
      progress: [{ status: 'unlocked', value: 0.75 }],
    });
  });

  test('meets a share exactly where it is one', () => {
    const nine = Array.from({ length: 9 }, () => passed('01-01', 'yes'));
    expect(
      of({ threshold: 0.9, min: 10 })
        .given(...nine)
        .when(passed('01-02', 'no')).unlocks,
    ).toEqual(['it']);
  });

  test('takes what cannot be evaluated for no match, and says so', () => {
    const strict = of({ threshold: 1, success: 'properties.ok > 2' });
    const outcome = strict.given().when(passed('01-01', 3), passed('01-01', 'x'), passed('01-01', 3), passed('01-01', 3));
    expect(outcome).toMatchObject({ unlocks: ['it'], evaluationFailures: 1 });
  });

  test('has levels, and begins anew in each calendar window', () => {
    const levels = [0.5, 1].map((threshold) => ({ name: threshold === 1 ? 'all' : 'half', threshold, xp_reward: 1 }));
    expect(of({ min: 2 }, { levels }).given(passed('01-01', 'no')).when(passed('01-01', 'yes')).unlocks).toEqual(['it:half']);
    const monthly = of({ threshold: 1, min: 2, window: { calendar: 'month' } }, { repeat: 'each_period' });
    expect(
      monthly
        .given(passed('01-01', 'no'), passed('02-01', 'yes'))
        .when(passed('01-02', 'yes'), passed('02-02', 'yes'), passed('02-03', 'no')),
    ).toMatchObject({ unlocks: ['it@2026-02'], progress: [{ status: 'unlocked', value: 2 / 3, period: '2026-02' }] });
  });
});
