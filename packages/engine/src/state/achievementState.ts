import { codeOfKind, readCriterionState } from '../criteria/criteria.js';
import type { CriterionState } from '../criteria/criterionState.js';
import type { CalendarUnit } from '../windows/period.js';
import type { ByteReader } from './byteReader.js';
import type { ByteWriter } from './byteWriter.js';
import { HeldUnlocks } from './heldUnlocks.js';

/** In an encoded state by their place; new ones go to the end. */
const UNITS: readonly CalendarUnit[] = ['day', 'week', 'month', 'quarter', 'year'];

/** Before every day that an instant can lie on; a small integer, which takes no room of its own. */
const NO_PERIOD_YET = -(2 ** 30);

/** Stands for no map at all, which most achievements have: an empty one takes as much as all the rest. */
const NO_PERIODS: ReadonlyMap<number, CriterionState> = new Map();

/**
 * Calendar periods that one achievement keeps counts of: the newest. A hundred years of days, so that it bounds the
 * state without forgetting anything that somebody lived to do.
 */
export const PERIODS_KEPT_MAX = 36_600;

/** What a user has of one achievement: what its criterion counted, and what was unlocked. */
export class AchievementState {
  /** The version of the definition that the counts belong to. */
  version: number;
  /** Counts over the lifetime; null where the criterion has a calendar window or keeps nothing. */
  lifetime: CriterionState | null = null;
  /** The unit of those periods; null where the criterion has no window. */
  unit: CalendarUnit | null = null;
  #periods: Map<number, CriterionState> | null = null;
  /** The latest period that has counts. */
  newestPeriod = NO_PERIOD_YET;
  #held: HeldUnlocks | null;
  /** The version for which all unlocks of a `once` achievement are held: nothing is counted any more. Follows from `held`. */
  completedVersion: number | null = null;
  /** How many multiples of a threshold are held from the first on. Follows from `held`. */
  multiplesHeld = 0;

  constructor(version: number, held: HeldUnlocks | null = null) {
    this.version = version;
    this.#held = held;
  }

  /** What was unlocked. */
  get held(): HeldUnlocks {
    return (this.#held ??= new HeldUnlocks());
  }

  /** Whether nothing was ever unlocked, which spares a look at what was. */
  get holdsNothing(): boolean {
    return this.#held === null || this.#held.size === 0;
  }

  /** Whether it says no more than one that was never there. */
  get isEmpty(): boolean {
    return this.holdsNothing && this.lifetime === null && this.periods.size === 0;
  }

  /** Counts by calendar period. */
  get periods(): ReadonlyMap<number, CriterionState> {
    return this.#periods ?? NO_PERIODS;
  }

  /** Puts counts in the place of those of a period. */
  putPeriod(period: number, counts: CriterionState): void {
    this.#periods ??= new Map<number, CriterionState>();
    this.#periods.set(period, counts);
  }

  forgetPeriod(period: number): void {
    this.#periods?.delete(period);
  }

  /**
   * The counts of a period, begun with `empty` where there are none; a period that is newer than all becomes the newest.
   * null where it lies before all that are kept, and there is no room.
   */
  periodCounts(period: number, empty: () => CriterionState): CriterionState | null {
    let counts = this.#periods?.get(period);
    if (counts === undefined) {
      this.putPeriod(period, (counts = empty()));
      if (this.#forgetOldest() === period) return null;
    }
    if (period > this.newestPeriod) this.newestPeriod = period;
    return counts;
  }

  forgetCounts(): void {
    this.lifetime = null;
    this.unit = null;
    this.#periods = null;
    this.newestPeriod = NO_PERIOD_YET;
  }

  /** Takes the counts of another state in: those of the same version are merged, those of an older one are dropped. */
  merge(other: AchievementState): void {
    if (other.version < this.version) return;
    if (other.version > this.version) this.forgetCounts();
    this.version = other.version;
    this.unit ??= other.unit;
    if (this.lifetime === null) this.lifetime = other.lifetime;
    else if (other.lifetime !== null) this.lifetime.merge(other.lifetime);
    for (const [period, counts] of other.periods) {
      const own = this.periods.get(period);
      if (own === undefined) this.putPeriod(period, counts);
      else own.merge(counts);
      this.#forgetOldest();
    }
    this.newestPeriod = Math.max(this.newestPeriod, other.newestPeriod);
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.version);
    this.held.write(writer);
    writer.byte(this.lifetime === null ? 0 : 1 + codeOfKind(this.lifetime.kind));
    this.lifetime?.write(writer);
    writer.byte(this.unit === null ? 0 : 1 + UNITS.indexOf(this.unit));
    if (this.unit === null) return;
    writer.unsigned(this.periods.size);
    let previous = 0;
    for (const [period, counts] of [...this.periods].sort(([a], [b]) => a - b)) {
      writer.signed(period - previous);
      writer.byte(codeOfKind(counts.kind));
      counts.write(writer);
      previous = period;
    }
  }

  static read(reader: ByteReader): AchievementState {
    const state = new AchievementState(reader.unsigned(), HeldUnlocks.read(reader));
    const lifetime = reader.byte();
    if (lifetime > 0) state.lifetime = readCriterionState(lifetime - 1, reader);
    state.unit = UNITS[reader.byte() - 1] ?? null;
    if (state.unit === null) return state;
    let period = 0;
    for (let count = reader.count(); count > 0; count--) {
      period += reader.signed();
      state.putPeriod(period, readCriterionState(reader.byte(), reader));
      state.newestPeriod = period;
    }
    return state;
  }

  /** Makes room again where there is one period too many; the one that was forgotten. */
  #forgetOldest(): number | null {
    if (this.periods.size <= PERIODS_KEPT_MAX) return null;
    let oldest = Number.POSITIVE_INFINITY;
    for (const period of this.periods.keys()) if (period < oldest) oldest = period;
    this.forgetPeriod(oldest);
    return oldest;
  }
}
