import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { addExactly, type ExactSum, roundSum } from './exactSum.js';
import { readExactSum, writeExactSum } from './exactSumEncoding.js';

/**
 * Σ of `value`, exact in any order. Bound: 9 bytes while the sum is a double, which whole numbers below 2^53 always
 * are; at most 300 bytes for sums of fractions.
 */
export class SumState implements CriterionState {
  readonly kind = 'sum';
  #sum: ExactSum;

  constructor(sum: ExactSum = 0) {
    this.#sum = sum;
  }

  add({ value }: Match): boolean {
    if (typeof value !== 'number') return false;
    const before = this.#sum;
    this.#sum = addExactly(before, value);
    return roundSum(before) !== roundSum(this.#sum);
  }

  accepts(other: CriterionState): boolean {
    return other instanceof SumState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof SumState)) throw new KindMismatchError(this.kind, other.kind);
    this.#sum = addExactly(this.#sum, other.#sum);
  }

  measure(): number {
    return roundSum(this.#sum);
  }

  write(writer: ByteWriter): void {
    writeExactSum(writer, this.#sum);
  }

  static read(reader: ByteReader): SumState {
    return new SumState(readExactSum(reader));
  }
}
