import { NO_PERIOD, type PeriodKey } from '../windows/periodKey.js';
import type { ByteReader } from './byteReader.js';
import type { ByteWriter } from './byteWriter.js';

/** An unlock that a user has or had. */
export interface HeldUnlock {
  /** What it paid; null where only the store knows. */
  xpReward: number | null;
  /** The value that unlocked it; null where it was one of many periods or only the store knows. */
  value: number | null;
  revoked: boolean;
  /** How often it was revoked or restored. */
  turns: number;
}

const REVOKED = 1;
const HAS_VALUE = 2;
const HAS_REWARD = 4;
const TURNS_SHIFT = 8;

/** The unlocks of one achievement, by level (empty for none) and period. Bound: 2 to 12 bytes an unlock. */
export class HeldUnlocks {
  readonly #levels = new Map<string, Map<PeriodKey, HeldUnlock>>();
  #active = 0;
  #size = 0;

  /** All of them, those that were revoked too. */
  get size(): number {
    return this.#size;
  }

  /** Whether any is held that was not revoked. */
  get any(): boolean {
    return this.#active > 0;
  }

  get(level: string, period: PeriodKey): HeldUnlock | undefined {
    return this.#levels.get(level)?.get(period);
  }

  put(level: string, period: PeriodKey, unlock: HeldUnlock): void {
    let periods = this.#levels.get(level);
    if (periods === undefined) this.#levels.set(level, (periods = new Map<PeriodKey, HeldUnlock>()));
    const before = periods.get(period);
    if (before === undefined) this.#size += 1;
    this.#active += (unlock.revoked ? 0 : 1) - (before?.revoked === false ? 1 : 0);
    periods.set(period, unlock);
  }

  *entries(): Generator<{ level: string; period: PeriodKey; unlock: HeldUnlock }> {
    for (const [level, periods] of this.#levels) for (const [period, unlock] of periods) yield { level, period, unlock };
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#levels.size);
    for (const [level, periods] of [...this.#levels].sort(byText)) {
      writer.text(level);
      writer.unsigned(periods.size);
      let previousPeriod = 0;
      let previousReward = 0;
      for (const [period, unlock] of [...periods].sort(([a], [b]) => a - b)) {
        writer.signed(period - previousPeriod);
        writer.unsigned(
          (unlock.revoked ? REVOKED : 0) +
            (unlock.value === null ? 0 : HAS_VALUE) +
            (unlock.xpReward === null ? 0 : HAS_REWARD) +
            unlock.turns * TURNS_SHIFT,
        );
        if (unlock.value !== null) writer.number(unlock.value);
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
        if ((flags & HAS_REWARD) !== 0) reward += reader.signed();
        held.put(level, period, {
          value,
          xpReward: (flags & HAS_REWARD) === 0 ? null : reward,
          revoked: (flags & REVOKED) !== 0,
          turns: Math.floor(flags / TURNS_SHIFT),
        });
      }
    }
    return held;
  }
}

/** The order of UTF-16 code units: the same on every machine. */
export function byText([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
