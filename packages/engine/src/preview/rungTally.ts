import { DayHistogram } from './dayHistogram.js';
import { EARLIEST_MAX } from './limits.js';

/** An unlock that a draft would have given to a user or a team. */
export interface TalliedUnlock {
  holder: string;
  /** The `occurred_at` of the event that brought it. */
  at: number;
  level: string | null;
  period: string | null;
}

/** The unlocks of one rung, summed up. */
export class RungTally {
  unlocks = 0;
  /** Those that came from a burst. */
  fromBursts = 0;
  readonly days = new DayHistogram();
  /** In order of time. */
  readonly earliest: TalliedUnlock[] = [];

  add(unlock: TalliedUnlock, of: { day: number; isFromBurst: boolean }): void {
    this.unlocks += 1;
    if (of.isFromBurst) this.fromBursts += 1;
    this.days.add(of.day);
    this.#keepEarliest(unlock);
  }

  merge(other: RungTally): void {
    this.unlocks += other.unlocks;
    this.fromBursts += other.fromBursts;
    this.days.merge(other.days);
    for (const unlock of other.earliest) this.#keepEarliest(unlock);
  }

  #keepEarliest(unlock: TalliedUnlock): void {
    const place = this.earliest.findIndex((other) => isBefore(unlock, other));
    if (place >= 0) this.earliest.splice(place, 0, unlock);
    else if (this.earliest.length < EARLIEST_MAX) this.earliest.push(unlock);
    if (this.earliest.length > EARLIEST_MAX) this.earliest.pop();
  }
}

/** At one instant by the holder, so that the order of the samples does not show. */
function isBefore(a: TalliedUnlock, b: TalliedUnlock): boolean {
  return a.at === b.at ? a.holder < b.holder : a.at < b.at;
}
