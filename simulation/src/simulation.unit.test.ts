import { describe, expect, it } from 'vitest';
import { runSeed } from './runSeed.js';
import { ALL_GUARDS, type Guards } from './world/Guards.js';

const SEEDS = 150;
/** So that no test takes long, however little of a processor it gets. */
const SEEDS_A_TEST = 15;
const SEEDS_TO_NOTICE_MAX = 1_000;

describe('a world in which anything may go wrong', () => {
  const firsts = Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, i) => 1 + i * SEEDS_A_TEST);

  // proves: counted-exactly-once, one-writer-a-partition, at-most-one-unlock, published-at-least-once, ledger-adds-up, rebuilt-from-the-log, recount-beside-traffic, teams-once, retraction-by-entries, merge-once, alias-not-lost, erased-for-nobody-else
  it.each(firsts)('keeps every promise, whatever crashes, is lost, doubled, late or frozen: from seed %i on', async (first) => {
    for (let seed = first; seed < first + SEEDS_A_TEST; seed++) {
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
