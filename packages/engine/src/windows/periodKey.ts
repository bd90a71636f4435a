import { type CalendarUnit, formatPeriod, parsePeriod } from './period.js';

/**
 * What tells the unlocks of one level apart, as one integer: 0 for "no period", otherwise the index of the period and
 * its unit. `ordinal` is the n of `every_threshold`, written `#n`.
 */
export type PeriodKey = number;

export type PeriodUnit = CalendarUnit | 'ordinal';

export const NO_PERIOD: PeriodKey = 0;

const UNITS: readonly (PeriodUnit | null)[] = [null, 'day', 'week', 'month', 'quarter', 'year', 'ordinal'];
const UNIT_CODES: Readonly<Record<PeriodUnit, number>> = { day: 1, week: 2, month: 3, quarter: 4, year: 5, ordinal: 6 };

export function periodKey(unit: PeriodUnit, period: number): PeriodKey {
  return period * 8 + UNIT_CODES[unit];
}

export function splitPeriodKey(key: PeriodKey): { unit: PeriodUnit; period: number } | null {
  const period = Math.floor(key / 8);
  const unit = UNITS[key - period * 8] ?? null;
  return unit === null ? null : { unit, period };
}

/** The period as it is shown; null for none. */
export function periodName(key: PeriodKey): string | null {
  const parts = splitPeriodKey(key);
  if (parts === null) return null;
  return parts.unit === 'ordinal' ? `#${String(parts.period)}` : formatPeriod(parts.unit, parts.period);
}

/** The key of a period as it is written; null where the text is none. */
export function parsePeriodName(name: string | null): PeriodKey | null {
  if (name === null || name === '') return NO_PERIOD;
  const ordinal = /^#([1-9]\d{0,8})$/.exec(name);
  if (ordinal !== null) return periodKey('ordinal', Number(ordinal[1]));
  const calendar = parsePeriod(name);
  return calendar === null ? null : periodKey(calendar.unit, calendar.period);
}
