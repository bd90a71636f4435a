import { CairnError } from '@cairn/contracts';

/** Lets a few work at once, some more wait for their turn, and refuses the rest. */
export class BoundedTurns {
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limits: { atOnceMax: number; waitingMax: number }) {
    this.#free = limits.atOnceMax;
    this.#waitingMax = limits.waitingMax;
  }

  /** @throws CairnError `overloaded` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#takeTurn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #takeTurn(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#waitingMax)
      throw new CairnError('overloaded', 'too many explanations at once: try again', { retryAfterSeconds: 1 });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
