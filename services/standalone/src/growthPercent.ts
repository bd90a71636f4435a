/** How far the heap may grow beyond what is alive before all of it is collected. */
const GROWTH_PERCENT = 45;
/**
 * Up to here it may grow further, to twice what is alive at most: marking that takes a small machine for a tenth of a second, and little
 * is alive at a rate at which somebody waits for each event.
 */
const HEAP_BYTES_CALM = 160 * 2 ** 20;
const GROWTH_PERCENT_CALM = 100;

/** @param aliveBytes after a collection of all of the heap */
export function growthPercent(aliveBytes: number): number {
  const calm = Math.floor((HEAP_BYTES_CALM / aliveBytes - 1) * 100);
  return Math.max(GROWTH_PERCENT, Math.min(GROWTH_PERCENT_CALM, calm));
}
