import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError } from './criterionState.js';

/** The number of matching events. Bound: 8 bytes. */
export class CountState implements CriterionState {
  readonly kind = 'count';
  #count: number;

  constructor(count = 0) {
    this.#count = count;
  }

  add(): boolean {
    this.#count += 1;
    return true;
  }

  accepts(other: CriterionState): boolean {
    return other instanceof CountState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof CountState)) throw new KindMismatchError(this.kind, other.kind);
    this.#count += other.#count;
  }

  measure(): number {
    return this.#count;
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#count);
  }

  static read(reader: ByteReader): CountState {
    return new CountState(reader.unsigned());
  }
}
