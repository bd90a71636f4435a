import { SeededRandom } from '@cairn/testing/random';

/** Choices that are the same for the same seed. */
export class FuzzRandom extends SeededRandom {
  /** One of the makers, by their weights; only that one is called. */
  weighted<T>(makers: readonly (readonly [weight: number, make: () => T])[]): T {
    let left = this.next() * makers.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, make] of makers) {
      left -= weight;
      if (left < 0) return make();
    }
    throw new Error('there is nothing to make');
  }
}
