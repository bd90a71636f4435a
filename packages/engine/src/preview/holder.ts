import { emptyState } from '../state/userState.js';
import { Burst } from './burst.js';

/** How often somebody got something on one day. */
export interface BusiestDay {
  day: number;
  unlocks: number;
}

/** What a preview knows of one user or one team. */
export class Holder {
  readonly state = emptyState();
  /** The earliest instant of an event. */
  firstAt = Number.POSITIVE_INFINITY;
  /** XP that the draft would have paid. */
  xp = 0;
  /** The earliest unlock of each rung, by its number. */
  readonly firstUnlocks = new Map<number, number>();
  #bursts: Map<string, Burst> | null = null;
  #days: Map<number, { current: BusiestDay; busiest: BusiestDay }> | null = null;

  constructor(
    readonly id: string,
    readonly sampleLevel: number,
  ) {}

  unlocked(rung: number, at: number): void {
    this.firstUnlocks.set(rung, Math.min(at, this.firstUnlocks.get(rung) ?? Number.POSITIVE_INFINITY));
  }

  /** The latest events that an achievement counted. */
  burstOf(slug: string): Burst {
    const bursts = (this.#bursts ??= new Map<string, Burst>());
    let burst = bursts.get(slug);
    if (burst === undefined) bursts.set(slug, (burst = new Burst()));
    return burst;
  }

  /** Counts an unlock on a day of the holder's calendar: unlocks of one day that follow one another in the log. */
  unlockedOn(rung: number, day: number): void {
    const all = (this.#days ??= new Map<number, { current: BusiestDay; busiest: BusiestDay }>());
    let days = all.get(rung);
    if (days === undefined) all.set(rung, (days = { current: { day, unlocks: 0 }, busiest: { day, unlocks: 0 } }));
    if (days.current.day !== day) days.current = { day, unlocks: 0 };
    days.current.unlocks += 1;
    if (days.current.unlocks > days.busiest.unlocks) days.busiest = { ...days.current };
  }

  busiestDayOf(rung: number): BusiestDay | null {
    return this.#days?.get(rung)?.busiest ?? null;
  }
}
