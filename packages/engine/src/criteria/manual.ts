import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError } from './criterionState.js';

/** Whether an event of `on` was seen: 1 or nothing. Bound: 1 byte. */
export class ManualState implements CriterionState {
  readonly kind = 'manual';
  #seen: boolean;

  private constructor(seen: boolean) {
    this.#seen = seen;
  }

  static empty(): ManualState {
    return new ManualState(false);
  }

  add(): boolean {
    const isFirst = !this.#seen;
    this.#seen = true;
    return isFirst;
  }

  accepts(other: CriterionState): boolean {
    return other instanceof ManualState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof ManualState)) throw new KindMismatchError(this.kind, other.kind);
    this.#seen ||= other.#seen;
  }

  measure(): number | null {
    return this.#seen ? 1 : null;
  }

  write(writer: ByteWriter): void {
    writer.byte(this.#seen ? 1 : 0);
  }

  static read(reader: ByteReader): ManualState {
    return new ManualState(reader.byte() === 1);
  }
}
