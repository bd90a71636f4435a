import { DayHistogram } from './dayHistogram.js';
import { EARLIEST_MAX } from './limits.js';

/** An unlock that a draft would have given. */
export interface PreviewedUnlock {
  userId: string;
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
  readonly earliest: PreviewedUnlock[] = [];

  add(unlock: PreviewedUnlock, of: { day: number; isFromBurst: boolean }): void {
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

  #keepEarliest(unlock: PreviewedUnlock): void {
    const place = this.earliest.findIndex((other) => isBefore(unlock, other));
    if (place >= 0) this.earliest.splice(place, 0, unlock);
    else if (this.earliest.length < EARLIEST_MAX) this.earliest.push(unlock);
    if (this.earliest.length > EARLIEST_MAX) this.earliest.pop();
  }
}

/** At one instant by the user, so that the order of the samples does not show. */
function isBefore(a: PreviewedUnlock, b: PreviewedUnlock): boolean {
  return a.at === b.at ? a.userId < b.userId : a.at < b.at;
}
