import { civilDate, civilDay, DAY_MS, weekdayOf } from '../windows/calendar.js';
import { readSpans } from './readSpans.js';
import { ZONE_SWITCHES } from './zoneData.generated.js';

const QUARTER_S = 900;
const SWITCHES = ZONE_SWITCHES.split('|');

/** One half of a yearly rule: at `wallSeconds` of the first `weekday` on or after `day`.`month`, the offset becomes `offsetMs`. */
interface YearlySwitch {
  offsetMs: number;
  month: number;
  day: number;
  weekday: number;
  wallSeconds: number;
}

/**
 * The offsets of one time zone since 1970, by the pinned data and never by the host's. An instant before 1970 is taken
 * to have the offset of 1970. The interval that was asked for last is kept, because the next event is mostly in it.
 */
export class Zone {
  /** transitions[i] is the instant from which offsets[i + 1] holds. */
  readonly #transitions: number[] = [];
  readonly #offsetsMs: number[] = [];
  readonly #yearly: readonly YearlySwitch[];
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #offset = 0;

  constructor(
    readonly name: string,
    line: string,
  ) {
    const [offsets = '', places = '0', spans = '', rule = ''] = line.split('|');
    const offsetsMs = offsets.split(' ').map((quarters) => Math.round(Number(quarters) * QUARTER_S) * 1000);
    const offsetAt = (index: string): number => offsetsMs[parseInt(index, 36)] ?? 0;
    for (const place of places) this.#offsetsMs.push(offsetAt(place));
    let at = 0;
    for (const span of readSpans(spans)) this.#transitions.push((at += span));
    // Where the same two offsets go on in turn, they are not written out.
    while (this.#offsetsMs.length <= this.#transitions.length) this.#offsetsMs.push(this.#offsetsMs.at(-2) ?? 0);
    const [pair = '', ...turns] = rule;
    this.#yearly = turns.map((place, i) => {
      const half = SWITCHES[parseInt(pair, 36)]?.split(' ')[i] ?? '';
      const [month = 0, day = 1, weekday = 0, wall = 0] = half.split(',').map(Number);
      return { offsetMs: offsetAt(place), month, day, weekday, wallSeconds: wall * QUARTER_S };
    });
  }

  /** Milliseconds to add to an instant to get its wall clock. `instant` is one that Date can hold: see isInstant. */
  offsetAt(instant: number): number {
    if (instant < this.#from || instant >= this.#until) this.#find(instant);
    return this.#offset;
  }

  /** The calendar day of an instant in this zone, in days since 1970-01-01. */
  dayOf(instant: number): number {
    return Math.floor((instant + this.offsetAt(instant)) / DAY_MS);
  }

  /** The first instant of a calendar day; for a day that the zone left out, that of the next one. */
  startOfDay(day: number): number {
    const midnight = day * DAY_MS;
    const before = this.offsetAt(midnight - DAY_MS);
    const early = midnight - before;
    if (this.dayOf(early) >= day && this.dayOf(early - 1) < day) return early;
    const late = midnight - this.offsetAt(midnight + DAY_MS);
    if (this.dayOf(late) >= day && this.dayOf(late - 1) < day) return late;
    return this.#transitionBetween(midnight - 2 * DAY_MS, midnight + 2 * DAY_MS, day);
  }

  /** Midnight does not exist on that day: the day begins where the clocks jumped over it. */
  #transitionBetween(from: number, until: number, day: number): number {
    this.offsetAt(from);
    while (this.#until < until) {
      const at = this.#until;
      if (this.dayOf(at) >= day && this.dayOf(at - 1) < day) return at;
      this.offsetAt(Math.max(at, this.#until));
    }
    return day * DAY_MS - this.offsetAt(day * DAY_MS);
  }

  #find(instant: number): void {
    const count = this.#transitions.length;
    const last = this.#transitions[count - 1] ?? Number.NEGATIVE_INFINITY;
    if (instant >= last && this.#yearly.length > 0) return this.#findByRule(instant, last);
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#transitions[middle] ?? 0) <= instant) low = middle + 1;
      else high = middle;
    }
    this.#keep({ from: this.#transitions[low - 1], until: this.#transitions[low], offset: this.#offsetsMs[low] });
  }

  #findByRule(instant: number, last: number): void {
    const offsetBefore = this.#offsetsMs[this.#transitions.length] ?? 0;
    const { year } = civilDate(Math.floor(instant / DAY_MS));
    const switches = [{ at: last, offset: offsetBefore }];
    for (let y = year - 1; y <= year + 1; y++)
      for (const half of this.#yearly) {
        const at = switchInstant(half, { year: y, before: this.#otherOffset(half) });
        if (at > last) switches.push({ at, offset: half.offsetMs });
      }
    switches.sort((a, b) => a.at - b.at);
    let index = switches.length - 1;
    while (index > 0 && (switches[index]?.at ?? 0) > instant) index--;
    this.#keep({ from: switches[index]?.at, until: switches[index + 1]?.at, offset: switches[index]?.offset });
  }

  #otherOffset(half: YearlySwitch): number {
    return this.#yearly.find((other) => other !== half)?.offsetMs ?? 0;
  }

  #keep(interval: { from: number | undefined; until: number | undefined; offset: number | undefined }): void {
    this.#from = interval.from ?? Number.NEGATIVE_INFINITY;
    this.#until = interval.until ?? Number.POSITIVE_INFINITY;
    this.#offset = interval.offset ?? 0;
  }
}

function switchInstant(half: YearlySwitch, at: { year: number; before: number }): number {
  const earliest = civilDay(at.year, half.month, half.day);
  const day = earliest + ((half.weekday - weekdayOf(earliest) + 7) % 7);
  return day * DAY_MS + half.wallSeconds * 1000 - at.before;
}
