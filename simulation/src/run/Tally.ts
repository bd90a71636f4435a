import type { SeedOutcome } from '../runSeed.js';
import { describeFailure } from './describeFailure.js';

/** Failing seeds that are told of; the run ends with the last of them. */
const FAILURES_MAX = 5;
const PROGRESS_MS = 5_000;

/** What came of the seeds so far. They are told of in their order, whichever process is done first: two runs say the same. */
export class Tally {
  failures = 0;
  /** The first seed that is not told of. */
  next: number;
  readonly #of: { from: number; seeds: number; again(seed: number): string };
  readonly #early = new Map<number, SeedOutcome>();
  readonly #started = performance.now();
  #told = this.#started;
  #steps = 0;
  #stepsMin = Number.POSITIVE_INFINITY;

  constructor(of: { from: number; seeds: number; again(seed: number): string }) {
    this.#of = of;
    this.next = of.from;
  }

  /** Enough is known. */
  get isOver(): boolean {
    return this.failures >= FAILURES_MAX;
  }

  take(outcomes: readonly SeedOutcome[]): void {
    for (const outcome of outcomes) this.#early.set(outcome.seed, outcome);
    for (let next = this.#early.get(this.next); next !== undefined && !this.isOver; next = this.#early.get(this.next)) {
      this.#early.delete(this.next++);
      this.#count(next);
    }
    if (performance.now() - this.#told > PROGRESS_MS) this.#tell();
  }

  summary(): string {
    const { failures } = this;
    const average = Math.round(this.#steps / Math.max(1, this.#done));
    return `${this.#done} seeds, ${this.#steps} steps (at least ${this.#stepsMin} a seed, ${average} on average), ${failures} failed, ${this.#seconds.toFixed(0)} s`;
  }

  get #done(): number {
    return this.next - this.#of.from;
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1_000;
  }

  #count(outcome: SeedOutcome): void {
    this.#steps += outcome.steps;
    this.#stepsMin = Math.min(this.#stepsMin, outcome.steps);
    if (outcome.violations.length === 0) return;
    this.failures++;
    process.stdout.write(describeFailure(outcome, { traceLines: 0, again: this.#of.again(outcome.seed) }));
  }

  #tell(): void {
    this.#told = performance.now();
    const { seeds } = this.#of;
    const left = this.#done === 0 ? '' : `, ${((this.#seconds * (seeds - this.#done)) / this.#done).toFixed(0)} s left`;
    process.stdout.write(`${this.#done} of ${seeds} seeds in ${this.#seconds.toFixed(0)} s${left}, ${this.failures} failed\n`);
  }
}
