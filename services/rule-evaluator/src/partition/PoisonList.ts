import type { Place } from './BatchBuilder.js';

/** The events of the entries under way that turned out to be poison, and why. */
export class PoisonList {
  readonly #reasons = new Map<string, { sequence: number; reason: string }>();

  add({ sequence, index }: Place, reason: string): void {
    this.#reasons.set(`${sequence}:${index}`, { sequence, reason });
  }

  reasonOf({ sequence, index }: Place): string | undefined {
    // Empty as a rule: no key needs to be made then.
    return this.#reasons.size === 0 ? undefined : this.#reasons.get(`${sequence}:${index}`)?.reason;
  }

  /** What is committed does not come again. */
  forgetUpTo(committed: number): void {
    for (const [key, { sequence }] of this.#reasons) if (sequence <= committed) this.#reasons.delete(key);
  }
}
