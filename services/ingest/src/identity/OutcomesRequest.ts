import type { DecisionRequest } from './Decision.js';
import type { Outcome } from './judge.js';

/** Gathers the outcomes of events that came together. */
export class OutcomesRequest implements DecisionRequest {
  readonly #outcomes: Outcome[];
  readonly #onOutcomes: (outcomes: Outcome[]) => void;
  readonly #onFailure: (error: unknown) => void;
  #left: number;

  constructor(events: number, onOutcomes: (outcomes: Outcome[]) => void, onFailure: (error: unknown) => void) {
    this.#outcomes = new Array<Outcome>(events);
    this.#left = events;
    this.#onOutcomes = onOutcomes;
    this.#onFailure = onFailure;
  }

  settle(index: number, outcome: Outcome): void {
    this.#outcomes[index] = outcome;
    this.#left--;
    if (this.#left === 0) this.#onOutcomes(this.#outcomes);
  }

  /** The first failure is that of all. */
  fail(error: unknown): void {
    this.#onFailure(error);
  }
}
