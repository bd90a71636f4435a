import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { StateFormatError } from '../state/stateFormatError.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { valueKey } from './valueKey.js';

/** Values that are remembered in any case, so that progress shows more than the threshold where a tier holds it back. */
const VALUES_KEPT_MIN = 1_000;

/** From how many values on their encoding is kept: writing a long list anew at each event would cost more than all else. */
const ENCODING_KEPT_FROM = 8;

/**
 * The number of different `value`s. Bound: 31 bytes a value, and no more values than the threshold or 1,000. Of more
 * than that the smallest by key are kept, which are the same in any order; the threshold is met long before.
 */
export class DistinctState implements CriterionState {
  readonly kind = 'distinct';
  /** Ascending by UTF-16 code units, each once. */
  readonly #values: string[];
  readonly #valuesMax: number;
  #encoded: Uint8Array | null = null;

  constructor(threshold: number, ascending: string[] = []) {
    this.#valuesMax = Math.max(threshold, VALUES_KEPT_MIN);
    this.#values = ascending;
  }

  add(match: Match): boolean {
    return match.value !== null && this.#take(valueKey(match.value));
  }

  accepts(other: CriterionState): boolean {
    return other instanceof DistinctState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof DistinctState)) throw new KindMismatchError(this.kind, other.kind);
    for (const value of other.#values) this.#take(value);
  }

  measure(): number {
    return this.#values.length;
  }

  write(writer: ByteWriter): void {
    if (this.#encoded !== null) return writer.raw(this.#encoded);
    const start = writer.length;
    writer.unsigned(this.#valuesMax);
    writer.unsigned(this.#values.length);
    for (const value of this.#values) writer.text(value);
    if (this.#values.length >= ENCODING_KEPT_FROM) this.#encoded = writer.since(start);
  }

  static read(reader: ByteReader): DistinctState {
    const valuesMax = reader.unsigned();
    const values: string[] = [];
    for (let count = reader.count(); count > 0; count--) {
      const value = reader.text();
      const before = values.at(-1);
      if (before !== undefined && before >= value) throw new StateFormatError('malformed', 'the values of a state are out of order');
      values.push(value);
    }
    return new DistinctState(valuesMax, values);
  }

  /** Whether there are more values now. */
  #take(value: string): boolean {
    const at = this.#placeOf(value);
    if (this.#values[at] === value || at >= this.#valuesMax) return false;
    this.#encoded = null;
    this.#values.splice(at, 0, value);
    if (this.#values.length <= this.#valuesMax) return true;
    this.#values.pop();
    return false;
  }

  /** Where the value is, or would be. */
  #placeOf(value: string): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] ?? value) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
