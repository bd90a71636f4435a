import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { addExactly, type ExactSum, roundSum } from './exactSum.js';

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

  add(match: Match): void {
    if (typeof match.value === 'number') this.#sum = addExactly(this.#sum, match.value);
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
    if (typeof this.#sum === 'number') {
      writer.byte(0);
      writer.number(this.#sum);
      return;
    }
    writer.byte(1);
    writer.signed(this.#sum.exponent);
    writer.text(this.#sum.mantissa.toString(36));
  }

  static read(reader: ByteReader): SumState {
    if (reader.byte() === 0) return new SumState(reader.number());
    const exponent = reader.signed();
    return new SumState({ mantissa: parseBigInt(reader.text()), exponent });
  }
}

const RADIX = 36n;

function parseBigInt(text: string): bigint {
  const negative = text.startsWith('-');
  let value = 0n;
  for (const digit of negative ? text.slice(1) : text) value = value * RADIX + BigInt(parseInt(digit, 36));
  return negative ? -value : value;
}
