import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { StateFormatError } from '../state/stateFormatError.js';
import { MINUTE_MS } from '../windows/span.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { ExpiryTally } from './expiryTally.js';
import { LATE_MINUTES, minuteOf, type RolledWindow, type RollingState, windowEndingAt } from './rollingState.js';
import { valueKey } from './valueKey.js';

type RollingDistinctKind = 'rolling_distinct' | 'rolling_checklist';

/**
 * Spans that are remembered for each different value that the threshold asks for. With windows of a week or more, three
 * hold all that can be remembered before some window has met the threshold.
 */
const SPANS_A_VALUE = 4;
const SPANS_KEPT_MIN = 1_000;
/** Of so many, where there are too many: few enough that it need not be done again soon. */
const SPANS_LEFT_SHARE = 3 / 4;

/** A value is in the windows that end in [from, until): from its first match to W minutes after its last. */
interface Span {
  from: number;
  until: number;
}

/**
 * The number of different values, or steps, over a rolling window. Of each value it remembers in which windows it is: a
 * span for every run of matches that are no more than a window apart. Bound: 40 bytes a span (the key of the value takes
 * up to 31), and no more spans than 4 times the threshold or 1,000. Of more than that the latest are kept.
 */
export class RollingDistinct implements RollingState {
  readonly kind: RollingDistinctKind;
  readonly #windowMinutes: number;
  readonly #spansMax: number;
  /** By key of the value; ascending, and none touches another. */
  readonly #spans = new Map<string, Span[]>();
  /** Its keys, ascending by UTF-16 code units: sorting them at each write would cost more than all else. */
  #keys: string[] = [];
  #spanCount = 0;
  #newest = Number.NEGATIVE_INFINITY;
  /** How many values are in the window that ends at the newest match. null: to be counted. */
  #current: ExpiryTally | null = null;

  constructor(kind: RollingDistinctKind, { windowMinutes, threshold }: { windowMinutes: number; threshold: number }) {
    this.kind = kind;
    this.#windowMinutes = windowMinutes;
    this.#spansMax = Math.max(SPANS_A_VALUE * threshold, SPANS_KEPT_MIN);
  }

  get forgetsBefore(): number {
    return this.#horizon * MINUTE_MS;
  }

  /** What is shown is the window that ends now, so it changes with every match and as time goes by. */
  add({ event, value, step }: Match): boolean {
    const minute = minuteOf(event.occurredAt);
    if (minute < this.#horizon) return false;
    const key = this.kind === 'rolling_checklist' ? step : value === null ? null : valueKey(value);
    if (key === null) return false;
    if (minute > this.#newest) {
      this.#newest = minute;
      this.#current?.advance(minute);
    }
    this.#put(key, { from: minute, until: minute + this.#windowMinutes });
    this.#keepBounds();
    return true;
  }

  /** A longer window goes on with what the shorter one remembered. */
  accepts(other: CriterionState): boolean {
    return other instanceof RollingDistinct && other.kind === this.kind;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof RollingDistinct && other.kind === this.kind)) throw new KindMismatchError(this.kind, other.kind);
    this.#current = null;
    this.#newest = Math.max(this.#newest, other.#newest);
    for (const [key, spans] of other.#spans) for (const span of spans) this.#put(key, this.#asOwn(span, other.#windowMinutes));
    this.#forget();
    this.#keepBounds();
  }

  measure(): number | null {
    return this.bestWindow(null)?.value ?? null;
  }

  measureAround(instant: number): number | null {
    const minute = minuteOf(instant);
    if (minute < this.#newest) return this.#best(minute, minute + this.#windowMinutes).value;
    this.#current ??= this.#countCurrent();
    return this.#current.size;
  }

  bestWindow(around: number | null): RolledWindow | null {
    this.#forget();
    if (this.#spans.size === 0) return null;
    const from = around === null ? this.#horizon : minuteOf(around);
    const { value, minute } = this.#best(from, around === null ? Number.POSITIVE_INFINITY : from + this.#windowMinutes);
    return windowEndingAt(minute, { value, minutes: this.#windowMinutes });
  }

  measureAt(instant: number): number {
    return this.keysAt(instant).length;
  }

  /** The steps, or the keys of the values, in the window that ends at an instant. */
  keysAt(instant: number): string[] {
    const end = minuteOf(instant);
    return [...this.#spans].filter(([, spans]) => spans.some(({ from, until }) => from <= end && end < until)).map(([key]) => key);
  }

  write(writer: ByteWriter): void {
    this.#forget();
    writer.unsigned(this.#windowMinutes);
    writer.unsigned(this.#spansMax);
    writer.byte(this.#spans.size === 0 ? 0 : 1);
    if (this.#spans.size === 0) return;
    const base = this.#horizon;
    writer.signed(base);
    writer.unsigned(this.#spans.size);
    for (const key of this.#keys) {
      const spans = this.#spans.get(key) ?? [];
      writer.text(key);
      writer.unsigned(spans.length);
      let previous = base;
      for (const { from, until } of spans) {
        writer.unsigned(from - previous);
        // Most values come once: that takes a byte.
        writer.signed(until - from - this.#windowMinutes);
        previous = until;
      }
    }
  }

  static read(kind: RollingDistinctKind, reader: ByteReader): RollingDistinct {
    const windowMinutes = reader.unsigned();
    const spansMax = reader.unsigned();
    const state = new RollingDistinct(kind, { windowMinutes, threshold: spansMax / SPANS_A_VALUE });
    if (reader.byte() === 0) return state;
    const base = reader.signed();
    state.#newest = base + windowMinutes + LATE_MINUTES;
    for (let values = reader.count(); values > 0; values--) {
      const spans: Span[] = [];
      const key = reader.text();
      const before = state.#keys.at(-1);
      if (before !== undefined && before >= key) throw new StateFormatError('malformed', 'the values of a state are out of order');
      state.#keys.push(key);
      state.#spans.set(key, spans);
      let previous = base;
      for (let count = reader.count(); count > 0; count--) {
        const from = previous + reader.unsigned();
        previous = from + windowMinutes + reader.signed();
        spans.push({ from, until: previous });
      }
      state.#spanCount += spans.length;
    }
    return state;
  }

  /** Of a longer window only the last match of a span is certain to have been where it is wanted now. */
  #asOwn({ from, until }: Span, windowMinutes: number): Span {
    const last = until - windowMinutes;
    return { from: windowMinutes > this.#windowMinutes ? last : from, until: last + this.#windowMinutes };
  }

  get #horizon(): number {
    return this.#newest - this.#windowMinutes - LATE_MINUTES;
  }

  /** Joins a span with those of the value that it touches. */
  #put(key: string, { from, until }: Span): void {
    let spans = this.#spans.get(key);
    if (spans === undefined) {
      this.#spans.set(key, (spans = []));
      this.#keys.splice(this.#placeOf(key), 0, key);
    }
    const untilBefore = spans.at(-1)?.until ?? Number.NEGATIVE_INFINITY;
    let first = spans.length;
    while (first > 0 && (spans[first - 1]?.until ?? from) >= from) first -= 1;
    let behind = first;
    const joined: Span = { from, until };
    for (let span = spans[behind]; span !== undefined && span.from <= until; span = spans[behind]) {
      joined.from = Math.min(joined.from, span.from);
      joined.until = Math.max(joined.until, span.until);
      behind += 1;
    }
    spans.splice(first, behind - first, joined);
    this.#spanCount += 1 - (behind - first);
    this.#current?.move(untilBefore, spans.at(-1)?.until ?? until);
  }

  /** Where a key that is not there belongs. */
  #placeOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? key) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops what no window that ends within the horizon can hold. Nobody can tell when it is done. */
  #forget(): void {
    const horizon = this.#horizon;
    for (const [key, spans] of this.#spans) {
      while (spans[0] !== undefined && spans[0].until <= horizon) {
        spans.shift();
        this.#spanCount -= 1;
      }
      const [first] = spans;
      if (first === undefined) this.#spans.delete(key);
      else first.from = Math.max(first.from, horizon);
    }
    if (this.#keys.length > this.#spans.size) this.#keys = this.#keys.filter((key) => this.#spans.has(key));
  }

  #keepBounds(): void {
    if (this.#spanCount <= this.#spansMax) return;
    this.#forget();
    if (this.#spanCount <= this.#spansMax) return;
    const all = [...this.#spans].flatMap(([key, spans]) => spans.map((span) => ({ key, span })));
    all.sort((a, b) => b.span.until - a.span.until || (a.key < b.key ? -1 : 1));
    this.#spans.clear();
    this.#keys = [];
    this.#current = null;
    this.#spanCount = 0;
    for (const { key, span } of all.slice(0, Math.floor(this.#spansMax * SPANS_LEFT_SHARE))) this.#put(key, span);
  }

  #countCurrent(): ExpiryTally {
    const tally = new ExpiryTally(this.#newest);
    for (const spans of this.#spans.values()) tally.move(Number.NEGATIVE_INFINITY, spans.at(-1)?.until ?? Number.NEGATIVE_INFINITY);
    return tally;
  }

  /** The most values that a window holds which ends in [from, until). It ends where some span begins, or at `from`. */
  #best(from: number, until: number): { value: number; minute: number } {
    let values = 0;
    // Nothing begins behind the newest match, so that what ends there does not matter.
    const behind = Math.min(until, this.#newest + 1);
    const begins: number[] = [];
    const ends: number[] = [];
    for (const spans of this.#spans.values())
      for (const span of spans) {
        if (span.from <= from && from < span.until) values += 1;
        if (span.from > from && span.from < behind) begins.push(span.from);
        if (span.until > from && span.until < behind) ends.push(span.until);
      }
    begins.sort((a, b) => a - b);
    ends.sort((a, b) => a - b);
    let best = { value: values, minute: from };
    let ended = 0;
    for (const begin of begins) {
      while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= begin) {
        values -= 1;
        ended += 1;
      }
      values += 1;
      if (values >= best.value) best = { value: values, minute: begin };
    }
    return best;
  }
}
