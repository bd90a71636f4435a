import { codeOfKind, readCriterionState } from '../criteria/criteria.js';
import type { CriterionState } from '../criteria/criterionState.js';
import type { CalendarUnit } from '../windows/period.js';
import { ascending } from './ascending.js';
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

/**
 * What a user has of one achievement: what its criterion counted, and what was unlocked. What every event looks at stands
 * first, so that it is in memory together.
 */
export class AchievementState {
  /** The version of the definition that the counts belong to. */
  version: number;
  /** The version for which all unlocks of a `once` achievement are held: nothing is counted any more. Follows from `held`. */
  completedVersion: number | null = null;
  #held: HeldUnlocks | null;
  /** Counts over the lifetime; null where the criterion has a calendar window or keeps nothing. */
  lifetime: CriterionState | null = null;
  /** The period that was counted in last, which the next event mostly lies in, and its counts. */
  #lastPeriod = NO_PERIOD_YET;
  #lastCounts: CriterionState | undefined = undefined;
  /** The unit of the periods; null where the criterion has no window. */
  unit: CalendarUnit | null = null;
  #periods: Map<number, CriterionState> | null = null;
  /** The latest period that has counts. */
  newestPeriod = NO_PERIOD_YET;
  /** Where it stands among what was written of its user last; the complement of that where it changed since, or never did. */
  writtenAt = -1;
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

  /** Whether fewer unlocks than that were ever given, which spares a look at each of them. */
  holdsFewerThan(count: number): boolean {
    return this.#held === null || this.#held.size < count;
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
    this.#lastCounts = undefined;
  }

  forgetPeriod(period: number): void {
    this.#periods?.delete(period);
    this.#lastCounts = undefined;
  }

  /** The counts of a period, where there are any. */
  countsOf(period: number): CriterionState | undefined {
    if (this.#lastPeriod === period && this.#lastCounts !== undefined) return this.#lastCounts;
    this.#lastPeriod = period;
    return (this.#lastCounts = this.#periods?.get(period));
  }

  /**
   * Begins a period that has no counts yet; one that is newer than all becomes the newest. null where it lies before all that
   * are kept, and there is no room.
   */
  beginPeriod(period: number, empty: CriterionState): CriterionState | null {
    this.putPeriod(period, empty);
    if (this.#forgetOldest() === period) return null;
    if (period > this.newestPeriod) this.newestPeriod = period;
    return empty;
  }

  forgetCounts(): void {
    this.lifetime = null;
    this.unit = null;
    this.#periods = null;
    this.#lastCounts = undefined;
    this.newestPeriod = NO_PERIOD_YET;
  }

  /** Something that was unlocked may unlock again: what follows from all being held is found out anew. */
  reopen(): void {
    this.completedVersion = null;
    this.multiplesHeld = 0;
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
    // As the list writes itself that has nothing in it.
    if (this.#held === null) writer.unsigned(0);
    else this.#held.write(writer);
    writer.byte(this.lifetime === null ? 0 : 1 + codeOfKind(this.lifetime.kind));
    this.lifetime?.write(writer);
    writer.byte(this.unit === null ? 0 : 1 + UNITS.indexOf(this.unit));
    if (this.unit === null) return;
    writer.unsigned(this.periods.size);
    let previous = 0;
    for (const [period, counts] of ascending(this.periods)) {
      writer.signed(period - previous);
      writer.byte(codeOfKind(counts.kind));
      counts.write(writer);
      previous = period;
    }
  }

  static read(reader: ByteReader): AchievementState {
    const version = reader.unsigned();
    const held = HeldUnlocks.read(reader);
    const state = new AchievementState(version, held.size === 0 ? null : held);
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
