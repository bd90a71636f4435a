import type { StreakUnit } from '../packs/pack.js';
import { ascending } from '../state/ascending.js';
import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';
import { streakPeriod } from './streakCalendar.js';

export interface StreakParameters {
  every: StreakUnit;
  /** Days left out, as bits from Monday. */
  skip: number;
  /** Matches that a period needs. */
  min: number;
  /** Missed periods in a row that a streak bridges. */
  grace: number;
}

const NONE: ReadonlyMap<number, number> = new Map();
const UNITS: readonly StreakUnit[] = ['day', 'week', 'month'];

/**
 * The length of the longest run of consecutive periods. Kept as a sorted list of runs, so that a period that comes late
 * can join two. Bound: 2 to 6 bytes a run, at most one run for every second period that the user lived through, and
 * 2 to 6 bytes for each period that has matches, but fewer than `min`.
 */
export class StreakState implements CriterionState {
  readonly kind = 'streak';
  readonly #parameters: StreakParameters;
  /** Run i is the periods firsts[i] … lasts[i]; between two runs at least one period is missing. */
  readonly #firsts: number[] = [];
  readonly #lasts: number[] = [];
  /** Periods with fewer than `min` matches, and how many they have. */
  #pending: Map<number, number> | null = null;
  #longest = 0;
  /** The period that was completed last, which the next match mostly lies in. */
  #lastComplete: number | null = null;

  constructor(parameters: StreakParameters) {
    this.#parameters = parameters;
  }

  add(match: Match): boolean {
    const period = streakPeriod(match.day, this.#parameters);
    if (period === null || period === this.#lastComplete) return false;
    const before = this.#longest;
    this.#addMatches(period, 1);
    return this.#longest !== before;
  }

  /** Another `min` or `grace` judges the same periods anew; other periods are something else. */
  accepts(other: CriterionState): other is StreakState {
    return (
      other instanceof StreakState && other.#parameters.every === this.#parameters.every && other.#parameters.skip === this.#parameters.skip
    );
  }

  merge(other: CriterionState): void {
    if (!this.accepts(other)) throw new KindMismatchError(this.kind, other.kind);
    for (const [i, first] of other.#firsts.entries())
      for (let period = first; period <= (other.#lasts[i] ?? first); period++) this.#complete(period);
    for (const [period, matches] of other.#pending ?? []) this.#addMatches(period, matches);
  }

  measure(): number {
    return this.#longest;
  }

  /** The run that goes furthest: its length without the missed periods that it bridges, and its last period. */
  lastRun(): { length: number; last: number } | null {
    const last = this.#lasts.at(-1);
    if (last === undefined) return null;
    let length = 0;
    for (let run = this.#startOfChain(this.#lasts.length - 1); run < this.#lasts.length; run++)
      length += (this.#lasts[run] ?? 0) - (this.#firsts[run] ?? 0) + 1;
    return { length, last };
  }

  write(writer: ByteWriter): void {
    const { every, skip, min, grace } = this.#parameters;
    writer.byte(UNITS.indexOf(every));
    writer.unsigned(skip);
    writer.unsigned(min);
    writer.unsigned(grace);
    writer.unsigned(this.#firsts.length);
    let previous = 0;
    for (let i = 0; i < this.#firsts.length; i++) {
      const first = this.#firsts[i] ?? 0;
      const last = this.#lasts[i] ?? first;
      writer.signed(first - previous);
      writer.unsigned(last - first);
      previous = last;
    }
    writer.unsigned(this.#pending?.size ?? 0);
    previous = 0;
    for (const [period, matches] of ascending(this.#pending ?? NONE)) {
      writer.signed(period - previous);
      writer.unsigned(matches);
      previous = period;
    }
  }

  static read(reader: ByteReader): StreakState {
    const every = UNITS[reader.byte()] ?? 'day';
    const state = new StreakState({ every, skip: reader.unsigned(), min: reader.unsigned(), grace: reader.unsigned() });
    let previous = 0;
    for (let count = reader.count(); count > 0; count--) {
      const first = previous + reader.signed();
      previous = first + reader.unsigned();
      state.#firsts.push(first);
      state.#lasts.push(previous);
    }
    previous = 0;
    for (let count = reader.count(); count > 0; count--) {
      previous += reader.signed();
      state.#wait(previous, reader.unsigned());
    }
    for (let run = 0; run < state.#firsts.length; run = state.#measureFrom(run));
    return state;
  }

  #addMatches(period: number, matches: number): void {
    if (this.#parameters.min <= 1) return this.#complete(period);
    if (this.#runOf(period).inside) return;
    const total = (this.#pending?.get(period) ?? 0) + matches;
    if (total >= this.#parameters.min) this.#complete(period);
    else this.#wait(period, total);
  }

  #wait(period: number, matches: number): void {
    this.#pending ??= new Map<number, number>();
    this.#pending.set(period, matches);
  }

  #complete(period: number): void {
    this.#pending?.delete(period);
    this.#lastComplete = period;
    const { run, inside } = this.#runOf(period);
    if (inside) return;
    const joinsBefore = this.#lasts[run - 1] === period - 1;
    const joinsAfter = this.#firsts[run] === period + 1;
    if (joinsBefore && joinsAfter) {
      this.#lasts.splice(run - 1, 1);
      this.#firsts.splice(run, 1);
    } else if (joinsBefore) this.#lasts[run - 1] = period;
    else if (joinsAfter) this.#firsts[run] = period;
    else {
      this.#firsts.splice(run, 0, period);
      this.#lasts.splice(run, 0, period);
    }
    this.#measureFrom(this.#startOfChain(joinsBefore ? run - 1 : run));
  }

  /** The first run that does not lie wholly before a period, and whether it holds the period. */
  #runOf(period: number): { run: number; inside: boolean } {
    let low = 0;
    let high = this.#lasts.length;
    if (high > 0 && (this.#lasts[high - 1] ?? 0) < period) low = high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lasts[middle] ?? 0) < period) low = middle + 1;
      else high = middle;
    }
    return { run: low, inside: (this.#firsts[low] ?? period + 1) <= period };
  }

  #bridgesTo(run: number): boolean {
    const first = this.#firsts[run];
    const before = this.#lasts[run - 1];
    return first !== undefined && before !== undefined && first - before - 1 <= this.#parameters.grace;
  }

  #startOfChain(run: number): number {
    let start = run;
    while (this.#bridgesTo(start)) start -= 1;
    return start;
  }

  /** Measures the chain of bridged runs that begins with a run; the run behind it. */
  #measureFrom(start: number): number {
    let run = start;
    let length = 0;
    do {
      length += (this.#lasts[run] ?? 0) - (this.#firsts[run] ?? 0) + 1;
      run += 1;
    } while (this.#bridgesTo(run));
    if (length > this.#longest) this.#longest = length;
    return run;
  }
}
