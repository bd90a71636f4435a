import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { MINUTE_MS } from '../windows/span.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { addExactly, type ExactSum, roundSum } from './exactSum.js';
import { readExactSum, writeExactSum } from './exactSumEncoding.js';
import { LATE_MINUTES, minuteOf, type RolledWindow, type RollingState, windowEndingAt } from './rollingState.js';

type RollingTotalKind = 'rolling_count' | 'rolling_sum';

/** Forgotten buckets that are worth a cut: fewer cost less than it does. */
const FORGOTTEN_MIN = 32;

/** The matches of one minute. */
interface Bucket {
  readonly minute: number;
  amount: ExactSum;
  /** Whether a match took something away. */
  falls: boolean;
}

/**
 * The number of matches, or Σ of `value`, over a rolling window. Bound: 4 bytes for each minute of the window and 7 days
 * that has matches, and for sums what an exact sum takes, which is 2 to 10 bytes.
 */
export class RollingTotal implements RollingState {
  readonly kind: RollingTotalKind;
  readonly #windowMinutes: number;
  /** Ascending by minute. Those before `head` are forgotten, and cut off now and then: each cut moves all the others. */
  readonly #buckets: Bucket[] = [];
  #head = 0;
  /** The newest forgotten minute that took something away, while a remembered window can still reach back to it. */
  #forgottenFall: number | null = null;
  /** The window that ends at the newest bucket: the place of its first bucket, and its total. null: to be added up. */
  #tail: { start: number; total: ExactSum } | null = null;

  constructor(kind: RollingTotalKind, windowMinutes: number) {
    this.kind = kind;
    this.#windowMinutes = windowMinutes;
  }

  get forgetsBefore(): number {
    return this.#horizon * MINUTE_MS;
  }

  /** What is shown is the window that ends now, so it changes with every match and as time goes by. */
  add({ event, value }: Match): boolean {
    const amount = this.kind === 'rolling_count' ? 1 : value;
    const minute = minuteOf(event.occurredAt);
    if (typeof amount !== 'number' || minute < this.#horizon) return false;
    this.#put({ minute, amount, falls: amount < 0 });
    this.#forget();
    return true;
  }

  /** A longer window goes on with what the shorter one remembered. */
  accepts(other: CriterionState): boolean {
    return other instanceof RollingTotal && other.kind === this.kind;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof RollingTotal && other.kind === this.kind)) throw new KindMismatchError(this.kind, other.kind);
    this.#noteForgotten(other.#forgottenFall);
    for (const bucket of other.#remembered) this.#put({ ...bucket });
    this.#forget();
  }

  measure(): number | null {
    return this.bestWindow(null)?.value ?? null;
  }

  measureAround(instant: number): number | null {
    const minute = minuteOf(instant);
    const isNewest = minute === this.#newest;
    return isNewest ? roundSum(this.#tailTotal()) : (this.bestWindow(instant)?.value ?? null);
  }

  bestWindow(around: number | null): RolledWindow | null {
    const from = around === null ? Number.NEGATIVE_INFINITY : minuteOf(around);
    const best = this.#best(from, around === null ? Number.POSITIVE_INFINITY : from + this.#windowMinutes);
    return best === null ? null : windowEndingAt(best.minute, { value: best.value, minutes: this.#windowMinutes });
  }

  measureAt(instant: number): number {
    const end = minuteOf(instant);
    let total: ExactSum = 0;
    for (let i = this.#buckets.length - 1; i >= this.#head; i--) {
      const bucket = this.#buckets[i];
      if (bucket === undefined || bucket.minute <= end - this.#windowMinutes) break;
      if (bucket.minute <= end) total = addExactly(total, bucket.amount);
    }
    return roundSum(total);
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#windowMinutes);
    const buckets = this.#remembered;
    writer.unsigned(buckets.length);
    let previous = 0;
    for (const { minute, amount, falls } of buckets) {
      writer.signed(minute - previous);
      previous = minute;
      if (this.kind === 'rolling_count') {
        writer.unsigned(roundSum(amount));
        continue;
      }
      writer.byte(falls ? 1 : 0);
      writeExactSum(writer, amount);
    }
    if (this.kind === 'rolling_count') return;
    writer.byte(this.#forgottenFall === null ? 0 : 1);
    if (this.#forgottenFall !== null) writer.signed(this.#forgottenFall);
  }

  static read(kind: RollingTotalKind, reader: ByteReader): RollingTotal {
    const state = new RollingTotal(kind, reader.unsigned());
    let minute = 0;
    for (let count = reader.count(); count > 0; count--) {
      minute += reader.signed();
      if (kind === 'rolling_count') state.#buckets.push({ minute, amount: reader.unsigned(), falls: false });
      else state.#buckets.push({ minute, falls: reader.byte() === 1, amount: readExactSum(reader) });
    }
    if (kind === 'rolling_sum' && reader.byte() === 1) state.#forgottenFall = reader.signed();
    return state;
  }

  get #remembered(): readonly Bucket[] {
    return this.#head === 0 ? this.#buckets : this.#buckets.slice(this.#head);
  }

  get #newest(): number {
    return this.#buckets.at(-1)?.minute ?? Number.NEGATIVE_INFINITY;
  }

  get #horizon(): number {
    return this.#newest - this.#windowMinutes - LATE_MINUTES;
  }

  #put(bucket: Bucket): void {
    const { minute, amount, falls } = bucket;
    const at = this.#placeOf(minute);
    const existing = this.#buckets[at];
    if (existing?.minute === minute) {
      existing.amount = addExactly(existing.amount, amount);
      existing.falls ||= falls;
    } else this.#buckets.splice(at, 0, bucket);
    if (at < this.#buckets.length - 1) this.#tail = null;
    else if (this.#tail !== null) this.#tail.total = addExactly(this.#tail.total, amount);
  }

  /** The place of the first bucket that is not before a minute. Most events come in order, and go to the end. */
  #placeOf(minute: number): number {
    let low = this.#head;
    let high = this.#buckets.length;
    if (high === 0 || this.#newest < minute) return high;
    if (this.#newest === minute) return high - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#buckets[middle]?.minute ?? 0) < minute) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(): void {
    const horizon = this.#horizon;
    for (let bucket = this.#buckets[this.#head]; bucket !== undefined && bucket.minute < horizon; bucket = this.#buckets[this.#head]) {
      if (bucket.falls) this.#noteForgotten(bucket.minute);
      this.#head += 1;
    }
    // What was forgotten was still in the total.
    if (this.#tail !== null && this.#tail.start < this.#head) this.#tail = null;
    if (this.#head > FORGOTTEN_MIN && this.#head * 2 > this.#buckets.length) this.#cut();
    // No window that ends within the horizon reaches back so far.
    if (this.#forgottenFall !== null && this.#forgottenFall <= horizon - this.#windowMinutes) this.#forgottenFall = null;
  }

  #cut(): void {
    this.#buckets.splice(0, this.#head);
    if (this.#tail !== null) this.#tail.start -= this.#head;
    this.#head = 0;
  }

  #noteForgotten(minute: number | null): void {
    if (minute !== null && (this.#forgottenFall === null || minute > this.#forgottenFall)) this.#forgottenFall = minute;
  }

  #tailTotal(): ExactSum {
    const tail = (this.#tail ??= this.#addUpTail());
    const begin = this.#newest - this.#windowMinutes;
    // What fell out of the window on its left, though it may still be remembered.
    for (let bucket = this.#buckets[tail.start]; bucket !== undefined && bucket.minute <= begin; bucket = this.#buckets[tail.start]) {
      tail.total = addExactly(tail.total, negative(bucket.amount));
      tail.start += 1;
    }
    return tail.total;
  }

  #addUpTail(): { start: number; total: ExactSum } {
    const start = this.#placeOf(this.#newest - this.#windowMinutes + 1);
    let total: ExactSum = 0;
    for (let i = start; i < this.#buckets.length; i++) total = addExactly(total, this.#buckets[i]?.amount ?? 0);
    return { start, total };
  }

  /** The largest total of the windows that end at a bucket in [from, until). */
  #best(from: number, until: number): { value: number; minute: number } | null {
    let best: { value: number; minute: number } | null = null;
    let total: ExactSum = 0;
    let start = this.#placeOf(from - this.#windowMinutes + 1);
    for (let end = start; end < this.#buckets.length; end++) {
      const { minute, amount } = this.#buckets[end] as Bucket;
      if (minute >= until) break;
      total = addExactly(total, amount);
      for (
        let first = this.#buckets[start];
        first !== undefined && first.minute <= minute - this.#windowMinutes;
        first = this.#buckets[start]
      ) {
        total = addExactly(total, negative(first.amount));
        start += 1;
      }
      if (minute < from || this.#reachesForgottenFall(minute)) continue;
      const value = roundSum(total);
      if (best === null || value >= best.value) best = { value, minute };
    }
    return best;
  }

  /** What is known of a window that lost a negative amount is more than it ever was: it is not measured. */
  #reachesForgottenFall(end: number): boolean {
    return this.#forgottenFall !== null && this.#forgottenFall > end - this.#windowMinutes;
  }
}

function negative(sum: ExactSum): ExactSum {
  return typeof sum === 'number' ? -sum : { mantissa: -sum.mantissa, exponent: sum.exponent };
}
