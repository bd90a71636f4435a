import { describe, expect, test } from 'vitest';
import { CountState } from '../criteria/count.js';
import { AchievementState, PERIODS_KEPT_MAX } from './achievementState.js';

/** Counts one in each period of [from, until). */
function counted(from: number, until: number): AchievementState {
  const state = new AchievementState(1);
  state.unit = 'day';
  for (let period = from; period < until; period++) state.beginPeriod(period, new CountState(1));
  return state;
}

describe('the periods of an achievement', () => {
  test('are bounded: the newest are kept, also when two states are merged', () => {
    const state = counted(0, PERIODS_KEPT_MAX + 10);
    expect([state.periods.size, Math.min(...state.periods.keys())]).toEqual([PERIODS_KEPT_MAX, 10]);
    expect(state.beginPeriod(3, new CountState())).toBeNull();
    expect(state.periods.size).toBe(PERIODS_KEPT_MAX);
    const merged = counted(0, 20);
    merged.merge(state);
    expect([merged.periods.size, merged.periods.has(9), merged.periods.get(10)?.measure()]).toEqual([PERIODS_KEPT_MAX, false, 2]);
  });
});
