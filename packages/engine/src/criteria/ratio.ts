import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';

/** Matches that succeeded ÷ matches, once there are `min` of them. Bound: 24 bytes. */
export class RatioState implements CriterionState {
  readonly kind = 'ratio';
  readonly #min: number;
  #matches = 0;
  #successes = 0;

  constructor(min: number) {
    this.#min = min;
  }

  add(match: Match): boolean {
    const before = this.measure();
    this.#matches += 1;
    if (match.success) this.#successes += 1;
    return before !== this.measure();
  }

  /** Another `min` judges the same matches anew. */
  accepts(other: CriterionState): boolean {
    return other instanceof RatioState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof RatioState)) throw new KindMismatchError(this.kind, other.kind);
    this.#matches += other.#matches;
    this.#successes += other.#successes;
  }

  measure(): number | null {
    return this.#matches < this.#min || this.#matches === 0 ? null : this.#successes / this.#matches;
  }

  get matches(): number {
    return this.#matches;
  }

  get successes(): number {
    return this.#successes;
  }

  /**
   * How many successes in a row would bring it to a threshold; null where no number would, since only all matches of all
   * are enough and one failed.
   */
  successesTo(threshold: number): number | null {
    if (threshold >= 1 && this.#successes < this.#matches) return null;
    const missing = Math.max(0, this.#min - this.#matches);
    const needed = threshold >= 1 ? missing : Math.ceil((threshold * this.#matches - this.#successes) / (1 - threshold));
    const reaches = (more: number): boolean => (this.#successes + more) / (this.#matches + more) >= threshold;
    // The quotient above may be off by one, as fractions in binary are.
    const least = Math.max(missing, needed - 1, 1);
    return [least, least + 1].find(reaches) ?? least + 2;
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#min);
    writer.unsigned(this.#matches);
    writer.unsigned(this.#successes);
  }

  static read(reader: ByteReader): RatioState {
    const state = new RatioState(reader.unsigned());
    state.#matches = reader.unsigned();
    state.#successes = reader.unsigned();
    return state;
  }
}
