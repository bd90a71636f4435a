import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { valueKey } from './valueKey.js';

/** Values that are remembered in any case, so that progress shows more than the threshold where a tier holds it back. */
const VALUES_KEPT_MIN = 1_000;

/**
 * The number of different `value`s. Bound: 31 bytes a value, and no more values than the threshold or 1,000. Of more
 * than that the smallest by key are kept, which are the same in any order; the threshold is met long before.
 */
export class DistinctState implements CriterionState {
  readonly kind = 'distinct';
  readonly #values: Set<string>;
  readonly #valuesMax: number;

  constructor(threshold: number, values = new Set<string>()) {
    this.#valuesMax = Math.max(threshold, VALUES_KEPT_MIN);
    this.#values = values;
  }

  add(match: Match): void {
    if (match.value !== null) this.#take(valueKey(match.value));
  }

  accepts(other: CriterionState): boolean {
    return other instanceof DistinctState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof DistinctState)) throw new KindMismatchError(this.kind, other.kind);
    for (const value of other.#values) this.#take(value);
  }

  measure(): number {
    return this.#values.size;
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#valuesMax);
    writer.unsigned(this.#values.size);
    for (const value of [...this.#values].sort()) writer.text(value);
  }

  static read(reader: ByteReader): DistinctState {
    const valuesMax = reader.unsigned();
    const values = new Set<string>();
    for (let count = reader.count(); count > 0; count--) values.add(reader.text());
    return new DistinctState(valuesMax, values);
  }

  #take(value: string): void {
    this.#values.add(value);
    if (this.#values.size <= this.#valuesMax) return;
    let largest = value;
    for (const kept of this.#values) if (kept > largest) largest = kept;
    this.#values.delete(largest);
  }
}
