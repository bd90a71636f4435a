import type { PreviewUser } from './previewUser.js';
import type { Rung } from './rung.js';

/** From the earliest event of each user that has one of these rungs to the earliest of them, ascending. */
export function timesToUnlock(users: Iterable<PreviewUser>, rungs: readonly Rung[]): Float64Array {
  const times: number[] = [];
  for (const { firstAt, firstUnlocks } of users) {
    let unlockedAt = Number.POSITIVE_INFINITY;
    for (const { number } of rungs) unlockedAt = Math.min(unlockedAt, firstUnlocks.get(number) ?? Number.POSITIVE_INFINITY);
    if (unlockedAt !== Number.POSITIVE_INFINITY) times.push(unlockedAt - firstAt);
  }
  return Float64Array.from(times).sort();
}
