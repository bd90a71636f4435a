import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';

/** The largest `value`. Bound: 10 bytes. */
export class MaxState implements CriterionState {
  readonly kind = 'max';
  #largest: number | null;

  constructor(largest: number | null = null) {
    this.#largest = largest;
  }

  add(match: Match): boolean {
    return typeof match.value === 'number' && this.#take(match.value);
  }

  accepts(other: CriterionState): boolean {
    return other instanceof MaxState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof MaxState)) throw new KindMismatchError(this.kind, other.kind);
    if (other.#largest !== null) this.#take(other.#largest);
  }

  measure(): number | null {
    return this.#largest;
  }

  write(writer: ByteWriter): void {
    writer.byte(this.#largest === null ? 0 : 1);
    if (this.#largest !== null) writer.number(this.#largest);
  }

  static read(reader: ByteReader): MaxState {
    return new MaxState(reader.byte() === 0 ? null : reader.number());
  }

  #take(value: number): boolean {
    if (this.#largest !== null && value <= this.#largest) return false;
    this.#largest = value;
    return true;
  }
}
