import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';

interface Reading {
  occurredAt: number;
  sequence: number;
  index: number;
  value: number;
}

/** The `value` of the match with the greatest (`occurred_at`, log order). Bound: 33 bytes. */
export class LatestState implements CriterionState {
  readonly kind = 'latest';
  #latest: Reading | null;

  constructor(latest: Reading | null = null) {
    this.#latest = latest;
  }

  add({ event, value }: Match): void {
    if (typeof value !== 'number') return;
    this.#take({ occurredAt: event.occurredAt, sequence: event.sequence, index: event.index, value });
  }

  accepts(other: CriterionState): boolean {
    return other instanceof LatestState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof LatestState)) throw new KindMismatchError(this.kind, other.kind);
    if (other.#latest !== null) this.#take(other.#latest);
  }

  measure(): number | null {
    return this.#latest?.value ?? null;
  }

  write(writer: ByteWriter): void {
    writer.byte(this.#latest === null ? 0 : 1);
    if (this.#latest === null) return;
    writer.number(this.#latest.occurredAt);
    writer.unsigned(this.#latest.sequence);
    writer.unsigned(this.#latest.index);
    writer.number(this.#latest.value);
  }

  static read(reader: ByteReader): LatestState {
    if (reader.byte() === 0) return new LatestState();
    return new LatestState({ occurredAt: reader.number(), sequence: reader.unsigned(), index: reader.unsigned(), value: reader.number() });
  }

  #take(reading: Reading): void {
    const latest = this.#latest;
    const later =
      latest === null ||
      reading.occurredAt - latest.occurredAt > 0 ||
      (reading.occurredAt === latest.occurredAt && (reading.sequence - latest.sequence || reading.index - latest.index) > 0);
    if (later) this.#latest = reading;
  }
}
