import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';

/** When the reading was taken, in time and in the log. */
interface ReadAt {
  occurredAt: number;
  sequence: number;
  index: number;
}

/** The `value` of the match with the greatest (`occurred_at`, log order). Bound: 33 bytes. */
export class LatestState implements CriterionState {
  readonly kind = 'latest';
  /** null before the first match, and then the others say nothing. */
  #value: number | null = null;
  #occurredAt = 0;
  #sequence = 0;
  #index = 0;

  add({ event, value }: Match): boolean {
    return typeof value === 'number' && this.#take(value, event);
  }

  accepts(other: CriterionState): boolean {
    return other instanceof LatestState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof LatestState)) throw new KindMismatchError(this.kind, other.kind);
    if (other.#value !== null) this.#take(other.#value, { occurredAt: other.#occurredAt, sequence: other.#sequence, index: other.#index });
  }

  measure(): number | null {
    return this.#value;
  }

  write(writer: ByteWriter): void {
    writer.byte(this.#value === null ? 0 : 1);
    if (this.#value === null) return;
    writer.number(this.#occurredAt);
    writer.unsigned(this.#sequence);
    writer.unsigned(this.#index);
    writer.number(this.#value);
  }

  static read(reader: ByteReader): LatestState {
    const state = new LatestState();
    if (reader.byte() === 0) return state;
    state.#occurredAt = reader.number();
    state.#sequence = reader.unsigned();
    state.#index = reader.unsigned();
    state.#value = reader.number();
    return state;
  }

  /** Whether the value is another now. */
  #take(value: number, { occurredAt, sequence, index }: ReadAt): boolean {
    const before = this.#value;
    const isLater =
      before === null ||
      occurredAt > this.#occurredAt ||
      (occurredAt === this.#occurredAt && (sequence - this.#sequence || index - this.#index) > 0);
    if (!isLater) return false;
    this.#value = value;
    this.#occurredAt = occurredAt;
    this.#sequence = sequence;
    this.#index = index;
    return value !== before;
  }
}
