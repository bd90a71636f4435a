import { NO_PERIOD, type PeriodKey } from '../windows/periodKey.js';
import type { ByteReader } from './byteReader.js';
import type { ByteWriter } from './byteWriter.js';

/** An unlock that a user has or had. */
export interface HeldUnlock {
  /** What it paid; null where only the store knows. */
  xpReward: number | null;
  /** The value that unlocked it; null where it was one of many periods or only the store knows. */
  value: number | null;
  /** The threshold that it reached, or was granted for; null as for `value`. */
  threshold: number | null;
  revoked: boolean;
  /** It was revoked because an event was retracted: what counts otherwise may unlock it again. What a person took stays taken. */
  retracted: boolean;
  /** How often it was revoked or restored. */
  turns: number;
}

const REVOKED = 1;
const HAS_VALUE = 2;
const HAS_REWARD = 4;
const HAS_THRESHOLD = 8;
const RETRACTED = 16;
const TURNS_SHIFT = 32;
/** From how many unlocks on their encoding is kept: writing a long list anew at each event would cost more than all else. */
const ENCODING_KEPT_FROM = 8;

/** The unlocks of one level by period. Most have only one, which needs no map. */
class LevelUnlocks {
  readonly #firstPeriod: PeriodKey;
  #first: HeldUnlock;
  #others: Map<PeriodKey, HeldUnlock> | null = null;

  constructor(
    readonly level: string,
    firstPeriod: PeriodKey,
    first: HeldUnlock,
  ) {
    this.#firstPeriod = firstPeriod;
    this.#first = first;
  }

  get(period: PeriodKey): HeldUnlock | undefined {
    return period === this.#firstPeriod ? this.#first : this.#others?.get(period);
  }

  put(period: PeriodKey, unlock: HeldUnlock): void {
    if (period === this.#firstPeriod) this.#first = unlock;
    else (this.#others ??= new Map<PeriodKey, HeldUnlock>()).set(period, unlock);
  }

  entries(): [PeriodKey, HeldUnlock][] {
    return this.#others === null ? [[this.#firstPeriod, this.#first]] : [[this.#firstPeriod, this.#first], ...this.#others];
  }
}

/** The unlocks of one achievement, by level (empty for none) and period. Bound: 2 to 30 bytes an unlock, mostly fewer than 8. */
export class HeldUnlocks {
  /** In the order of their first unlock. Few enough to be looked through; null while there are none. */
  #levels: LevelUnlocks[] | null = null;
  #active = 0;
  /** Whether any ever was. */
  #isAnyRetracted = false;
  #size = 0;
  #encoded: Uint8Array | null = null;

  /** All of them, those that were revoked too. */
  get size(): number {
    return this.#size;
  }

  /** Whether any is held that was not revoked. */
  get any(): boolean {
    return this.#active > 0;
  }

  get(level: string, period: PeriodKey): HeldUnlock | undefined {
    return this.#of(level)?.get(period);
  }

  /** Whether it was given, and nothing may give it again: not where it followed from an event that was retracted. */
  isGiven(level: string, period: PeriodKey): boolean {
    const unlock = this.get(level, period);
    // Hardly anything is ever retracted: the unlock itself lies far away in memory.
    return unlock !== undefined && !(this.#isAnyRetracted && unlock.retracted);
  }

  put(level: string, period: PeriodKey, unlock: HeldUnlock): void {
    this.#encoded = null;
    const unlocks = this.#of(level);
    const before = unlocks?.get(period);
    if (before === undefined) this.#size += 1;
    this.#active += (unlock.revoked ? 0 : 1) - (before?.revoked === false ? 1 : 0);
    this.#isAnyRetracted ||= unlock.retracted;
    if (unlocks === undefined) (this.#levels ??= []).push(new LevelUnlocks(level, period, unlock));
    else unlocks.put(period, unlock);
  }

  *entries(): Generator<{ level: string; period: PeriodKey; unlock: HeldUnlock }> {
    for (const unlocks of this.#levels ?? [])
      for (const [period, unlock] of unlocks.entries()) yield { level: unlocks.level, period, unlock };
  }

  write(writer: ByteWriter): void {
    if (this.#encoded !== null) return writer.raw(this.#encoded);
    const start = writer.length;
    this.#writeAll(writer);
    if (this.#size >= ENCODING_KEPT_FROM) this.#encoded = writer.since(start);
  }

  #writeAll(writer: ByteWriter): void {
    const levels = this.#levels ?? [];
    writer.unsigned(levels.length);
    for (const unlocks of levels.length < 2 ? levels : [...levels].sort(byLevel)) {
      const periods = unlocks.entries();
      writer.text(unlocks.level);
      writer.unsigned(periods.length);
      let previousPeriod = 0;
      let previousReward = 0;
      for (const [period, unlock] of periods.sort(([a], [b]) => a - b)) {
        writer.signed(period - previousPeriod);
        writer.unsigned(
          (unlock.revoked ? REVOKED : 0) +
            (unlock.value === null ? 0 : HAS_VALUE) +
            (unlock.xpReward === null ? 0 : HAS_REWARD) +
            (unlock.threshold === null ? 0 : HAS_THRESHOLD) +
            (unlock.retracted ? RETRACTED : 0) +
            unlock.turns * TURNS_SHIFT,
        );
        if (unlock.value !== null) writer.number(unlock.value);
        if (unlock.threshold !== null) writer.number(unlock.threshold);
        if (unlock.xpReward !== null) {
          // The same reward as the one before takes a byte.
          writer.signed(unlock.xpReward - previousReward);
          previousReward = unlock.xpReward;
        }
        previousPeriod = period;
      }
    }
  }

  static read(reader: ByteReader): HeldUnlocks {
    const held = new HeldUnlocks();
    for (let levels = reader.count(); levels > 0; levels--) {
      const level = reader.text();
      let period = NO_PERIOD;
      let reward = 0;
      for (let periods = reader.count(); periods > 0; periods--) {
        period += reader.signed();
        const flags = reader.unsigned();
        const value = (flags & HAS_VALUE) === 0 ? null : reader.number();
        const threshold = (flags & HAS_THRESHOLD) === 0 ? null : reader.number();
        if ((flags & HAS_REWARD) !== 0) reward += reader.signed();
        held.put(level, period, {
          value,
          threshold,
          xpReward: (flags & HAS_REWARD) === 0 ? null : reward,
          revoked: (flags & REVOKED) !== 0,
          retracted: (flags & RETRACTED) !== 0,
          turns: Math.floor(flags / TURNS_SHIFT),
        });
      }
    }
    return held;
  }

  #of(level: string): LevelUnlocks | undefined {
    if (this.#levels === null) return undefined;
    for (const unlocks of this.#levels) if (unlocks.level === level) return unlocks;
    return undefined;
  }
}

function byLevel(a: LevelUnlocks, b: LevelUnlocks): number {
  return a.level < b.level ? -1 : 1;
}

/** The order of UTF-16 code units: the same on every machine. */
export function byText([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
