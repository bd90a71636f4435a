import { describe, expect, it } from 'vitest';
import { growthPercent } from './growthPercent.js';

const MIB = 2 ** 20;

describe('growthPercent', () => {
  it('lets a small heap double, one that is larger grow to a bound, and one that is near it by a share', () => {
    expect([20, 80, 100, 120, 300].map((alive) => growthPercent(alive * MIB))).toEqual([100, 100, 60, 45, 45]);
  });
});
