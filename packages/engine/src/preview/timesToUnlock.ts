import type { Holder } from './holder.js';
import type { Rung } from './rung.js';

/** From the earliest event of each holder of one of these rungs to the earliest of them, ascending. */
export function timesToUnlock(holders: Iterable<Holder>, rungs: readonly Rung[]): Float64Array {
  const times: number[] = [];
  for (const { firstAt, firstUnlocks } of holders) {
    let unlockedAt = Number.POSITIVE_INFINITY;
    for (const { number } of rungs) unlockedAt = Math.min(unlockedAt, firstUnlocks.get(number) ?? Number.POSITIVE_INFINITY);
    if (unlockedAt !== Number.POSITIVE_INFINITY) times.push(unlockedAt - firstAt);
  }
  return Float64Array.from(times).sort();
}
