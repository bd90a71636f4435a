import type { SeededRandom } from '@cairn/testing/random';

const DUPLICATES = 0.1;
/** Half of what is sent twice is sent twice at nearly the same time. */
const RECENT = 2_000;

/** Numbers of events to be sent again beside these: some from just now, perhaps still on their way, some from long ago. */
export function pickAgain(numbers: readonly number[], random: SeededRandom): number[] {
  return numbers
    .filter(() => random.chance(DUPLICATES))
    .map((n) => (random.chance(0.5) ? Math.max(0, n - random.below(RECENT)) : random.below(n + 1)));
}
