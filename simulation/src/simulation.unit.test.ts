import { describe, expect, it } from 'vitest';
import { runSeed } from './runSeed.js';
import { ALL_GUARDS, type Guards } from './world/Guards.js';

const SEEDS = 150;
const SEEDS_TO_NOTICE_MAX = 1_000;

describe('a world in which anything may go wrong', () => {
  // proves: counted-exactly-once, one-writer-a-partition, at-most-one-unlock, published-at-least-once, ledger-adds-up, rebuilt-from-the-log, recount-beside-traffic
  it('keeps every promise, whatever crashes, is lost, doubled, late or frozen', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations, steps } = await runSeed(seed);
      expect(violations, `seed ${seed}: npm run simulate -- --seed ${seed}`).toEqual([]);
      expect(steps).toBeGreaterThan(500);
    }
  });

  it('goes the same way again for the same seed', async () => {
    const first = await runSeed(7);
    const second = await runSeed(7);
    expect(second).toEqual(first);
    expect((await runSeed(8)).digest).not.toBe(first.digest);
  });

  describe('misses each guard that is switched off:', () => {
    it.each(Object.keys(ALL_GUARDS) as (keyof Guards)[])('%s', async (guard) => {
      const guards = { ...ALL_GUARDS, [guard]: false };
      for (let seed = 1; seed <= SEEDS_TO_NOTICE_MAX; seed++) {
        const { violations } = await runSeed(seed, guards);
        if (violations.length > 0) return;
      }
      expect.unreachable(`nobody noticed in ${SEEDS_TO_NOTICE_MAX} seeds that ${guard} was off`);
    });
  });
});
