import type { StreakUnit, Weekday } from '../packs/pack.js';
import { periodOfDay } from '../windows/period.js';

/** Bits of the week from Monday, which is when the weeks of a skipping calendar begin. */
const BITS: Readonly<Record<Weekday, number>> = { mon: 1, tue: 2, wed: 4, thu: 8, fri: 16, sat: 32, sun: 64 };

export function skipMask(skip: readonly Weekday[]): number {
  return skip.reduce((mask, day) => mask | BITS[day], 0);
}

/**
 * The index of the streak's period that holds a day, such that periods that follow one another have consecutive
 * indices; null for a day that is left out. Days that are skipped have no index at all, so they break nothing.
 */
export function streakPeriod(day: number, calendar: { every: StreakUnit; skip: number }): number | null {
  if (calendar.every !== 'day' || calendar.skip === 0) return periodOfDay(calendar.every, day);
  const week = Math.floor((day + 3) / 7);
  const weekday = day + 3 - week * 7;
  if ((calendar.skip & (1 << weekday)) !== 0) return null;
  const daysAWeek = 7 - bitsOf(calendar.skip);
  return week * daysAWeek + weekday - bitsOf(calendar.skip & ((1 << weekday) - 1));
}

function bitsOf(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
