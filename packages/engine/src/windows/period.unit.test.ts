import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDate, civilDay, DAY_MS, weekdayOf } from './calendar.js';
import { type CalendarUnit, firstDayOf, formatPeriod, parsePeriod, periodOfDay } from './period.js';
import { parsePeriodName, periodKey, periodName } from './periodKey.js';

const UNITS: CalendarUnit[] = ['day', 'week', 'month', 'quarter', 'year'];
const days = fc.integer({ min: -700_000, max: 2_900_000 });
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

describe('the calendar', () => {
  test('agrees with Date on every day that it can tell', () => {
    fc.assert(
      fc.property(days, (day) => {
        const date = new Date(day * DAY_MS);
        expect(civilDate(day)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() });
        expect(civilDay(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())).toBe(day);
        expect(weekdayOf(day)).toBe(date.getUTCDay());
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('periods', () => {
  test.each([
    ['2026-12-31', '2026-W53'],
    ['2027-01-03', '2026-W53'],
    ['2027-01-04', '2027-W01'],
    ['2024-12-30', '2025-W01'],
    ['2021-01-03', '2020-W53'],
    ['2026-04-12', '2026-W15'],
    ['2026-04-13', '2026-W16'],
    ['1970-01-01', '1970-W01'],
    ['1969-12-28', '1969-W52'],
  ])('%s lies in %s', (date, week) => {
    expect(formatPeriod('week', periodOfDay('week', dayOf(date)))).toBe(week);
  });

  test('are consecutive, begin with their first day, and are read back as they are written', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...UNITS), (day, unit) => {
        const period = periodOfDay(unit, day);
        expect(firstDayOf(unit, period)).toBeLessThanOrEqual(day);
        expect(firstDayOf(unit, period + 1)).toBeGreaterThan(day);
        expect(periodOfDay(unit, firstDayOf(unit, period))).toBe(period);
        const key = periodKey(unit, period);
        expect(parsePeriodName(periodName(key))).toBe(key);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['2026-02-30', '2026-13', '2025-W53', '2026-W00', '2026-Q5', '#0', 'x', '26', '2026-4-1', ''])('%j is none', (text) => {
    expect(parsePeriod(text)).toBeNull();
  });
});
