import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';

/** The number of different steps seen. Bound: 64 bytes a step of the definition. */
export class ChecklistState implements CriterionState {
  readonly kind = 'checklist';
  readonly #steps: Set<string>;

  constructor(steps = new Set<string>()) {
    this.#steps = steps;
  }

  add({ step }: Match): boolean {
    if (this.#steps.has(step)) return false;
    this.#steps.add(step);
    return true;
  }

  has(step: string): boolean {
    return this.#steps.has(step);
  }

  accepts(other: CriterionState): boolean {
    return other instanceof ChecklistState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof ChecklistState)) throw new KindMismatchError(this.kind, other.kind);
    for (const step of other.#steps) this.#steps.add(step);
  }

  measure(): number {
    return this.#steps.size;
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#steps.size);
    for (const step of [...this.#steps].sort()) writer.text(step);
  }

  static read(reader: ByteReader): ChecklistState {
    const steps = new Set<string>();
    for (let count = reader.count(); count > 0; count--) steps.add(reader.text());
    return new ChecklistState(steps);
  }
}
