import { civilDate, civilDay } from './calendar.js';

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** The day that was asked for last, and its months since 1970: the next event mostly lies on the same day. */
let lastDay = 0;
let lastMonth = 0;

function monthOfDay(day: number): number {
  if (day !== lastDay) {
    const { year, month } = civilDate(day);
    lastDay = day;
    lastMonth = (year - 1970) * 12 + month;
  }
  return lastMonth;
}

/** The index of the period that holds a day: consecutive periods have consecutive indices. Weeks are ISO weeks. */
export function periodOfDay(unit: CalendarUnit, day: number): number {
  if (unit === 'day') return day;
  // Day -3 was the Monday of the week of 1970-01-01.
  if (unit === 'week') return Math.floor((day + 3) / 7);
  const month = monthOfDay(day);
  return unit === 'month' ? month : Math.floor(month / (unit === 'quarter' ? 3 : 12));
}

/** The first day of a period. */
export function firstDayOf(unit: CalendarUnit, period: number): number {
  switch (unit) {
    case 'day':
      return period;
    case 'week':
      return period * 7 - 3;
    case 'month':
      return civilDay(1970 + Math.floor(period / 12), period - Math.floor(period / 12) * 12, 1);
    case 'quarter':
      return civilDay(1970 + Math.floor(period / 4), (period - Math.floor(period / 4) * 4) * 3, 1);
    case 'year':
      return civilDay(1970 + period, 0, 1);
  }
}

const digits = (n: number, width: number): string => (n < 0 ? `-${String(-n).padStart(width, '0')}` : String(n).padStart(width, '0'));

/** `2026-04-12`, `2026-W15`, `2026-04`, `2026-Q2` or `2026`. */
export function formatPeriod(unit: CalendarUnit, period: number): string {
  const first = firstDayOf(unit, period);
  if (unit === 'week') {
    // An ISO week belongs to the year of its Thursday.
    const { year } = civilDate(first + 3);
    const week = Math.floor((first + 3 - civilDay(year, 0, 1)) / 7) + 1;
    return `${digits(year, 4)}-W${digits(week, 2)}`;
  }
  const { year, month, day } = civilDate(first);
  switch (unit) {
    case 'day':
      return `${digits(year, 4)}-${digits(month + 1, 2)}-${digits(day, 2)}`;
    case 'month':
      return `${digits(year, 4)}-${digits(month + 1, 2)}`;
    case 'quarter':
      return `${digits(year, 4)}-Q${String(month / 3 + 1)}`;
    case 'year':
      return digits(year, 4);
  }
}

/** A period as written; null where it is none. */
export function parsePeriod(text: string): { unit: CalendarUnit; period: number } | null {
  const match = /^(-?\d{4,6})(?:-W(\d{2})|-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (match === null) return null;
  const [, yearText = '', week, quarter, month, day] = match;
  const year = Number(yearText);
  let found: { unit: CalendarUnit; period: number };
  if (week !== undefined) found = { unit: 'week', period: periodOfDay('week', civilDay(year, 0, 4)) + Number(week) - 1 };
  else if (quarter !== undefined) found = { unit: 'quarter', period: (year - 1970) * 4 + Number(quarter) - 1 };
  else if (day !== undefined) found = { unit: 'day', period: civilDay(year, Number(month) - 1, Number(day)) };
  else if (month !== undefined) found = { unit: 'month', period: (year - 1970) * 12 + Number(month) - 1 };
  else found = { unit: 'year', period: year - 1970 };
  // What is written back differently was no date, such as 2026-02-30 or week 53 of a year that has 52.
  return formatPeriod(found.unit, found.period) === text ? found : null;
}
