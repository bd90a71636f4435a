import { describe, expect, test } from 'vitest';
import { insteadOf, nearestName } from './nearestName.js';

describe('the nearest name', () => {
  const known = ['threshold', 'window', 'where', 'xp_reward', 'incident.resolved', 'a', 'bc'];
  test.each([
    ['treshold', 'threshold'],
    ['thershold', 'threshold'],
    ['xpReward', 'xp_reward'],
    ['Window', 'window'],
    ['were', 'where'],
    ['incident.resolvd', 'incident.resolved'],
    ['xp', 'xp_reward'],
    ['b', 'a'],
    ['some', null],
    ['incident', 'incident.resolved'],
    ['xyz', null],
    ['x'.repeat(500), null],
  ])('to %s is %s', (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  test('is what is said to write instead; else all there is', () => {
    expect(insteadOf('windw', known)).toBe('; did you mean window?');
    expect(insteadOf('other', ['a', 'bc'])).toBe('; known here: a, bc');
  });
});
