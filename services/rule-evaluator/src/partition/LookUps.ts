import { LOOKUP_BATCHES_MAX, LOOKUP_BATCHES_MIN } from '../limits.js';

/**
 * For how many batches all identities are looked up, instead of those alone that are known to have come before: at first, for as long
 * as something turns up that nobody knew of, and after a batch was refused; each time that happens, for longer.
 */
export class LookUps {
  #atOnce = LOOKUP_BATCHES_MIN;
  #left = LOOKUP_BATCHES_MIN;

  /** With nothing in memory. */
  begin(): void {
    this.#atOnce = LOOKUP_BATCHES_MIN;
    this.#left = LOOKUP_BATCHES_MIN;
  }

  refused(): void {
    this.#atOnce = Math.min(this.#atOnce * 2, LOOKUP_BATCHES_MAX);
    this.#left = this.#atOnce;
  }

  /** Whether the next batch is to be looked up. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  /** @param surprises identities that turned up though nothing in memory told of them */
  told(surprises: number): void {
    if (surprises > 0) this.#left = Math.max(this.#left, this.#atOnce);
  }
}
