import { HISTOGRAM_BARS_MAX } from './limits.js';

/** How often something happened, by day. With more days than there may be bars, bars grow twice as wide. */
export class DayHistogram {
  #daysPerBar = 1;
  #bars = new Map<number, number>();

  get daysPerBar(): number {
    return this.#daysPerBar;
  }

  /** @param day in days since 1970-01-01 */
  add(day: number): void {
    this.#count(Math.floor(day / this.#daysPerBar), 1);
  }

  merge(other: DayHistogram): void {
    while (this.#daysPerBar < other.#daysPerBar) this.#widen();
    // In days, because the bars of this one may widen while it takes the others in.
    for (const { day, count } of other.bars()) this.#count(Math.floor(day / this.#daysPerBar), count);
  }

  /** Those that are not empty, by their first day. */
  bars(): { day: number; count: number }[] {
    return [...this.#bars].sort(([a], [b]) => a - b).map(([bar, count]) => ({ day: bar * this.#daysPerBar, count }));
  }

  #count(bar: number, count: number): void {
    this.#bars.set(bar, (this.#bars.get(bar) ?? 0) + count);
    while (this.#bars.size > HISTOGRAM_BARS_MAX) this.#widen();
  }

  #widen(): void {
    const bars = this.#bars;
    this.#daysPerBar *= 2;
    this.#bars = new Map();
    for (const [bar, count] of bars) {
      const wider = Math.floor(bar / 2);
      this.#bars.set(wider, (this.#bars.get(wider) ?? 0) + count);
    }
  }
}
