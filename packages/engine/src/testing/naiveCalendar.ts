/** Calendar periods by the names that they have in the contract, with nothing but Date and Intl. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of an instant, as a Date whose UTC parts are those of the wall. */
export function wallClock(instant: number, timeZone: string): Date {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numeric = 'numeric';
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, Number(value)]));
  return new Date(Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute));
}

const isoDay = (date: Date): string => date.toISOString().slice(0, 10);

function isoWeek(date: Date): string {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - yearStart) / 86_400_000 / 7) + 1;
  return `${String(thursday.getUTCFullYear())}-W${String(week).padStart(2, '0')}`;
}

const PERIODS: Readonly<Record<string, (date: Date) => string>> = {
  day: isoDay,
  week: isoWeek,
  month: (date) => isoDay(date).slice(0, 7),
  quarter: (date) => `${String(date.getUTCFullYear())}-Q${String(Math.ceil((date.getUTCMonth() + 1) / 3))}`,
  year: (date) => String(date.getUTCFullYear()),
};

export function periodOf(unit: string, local: Date): string {
  const name = PERIODS[unit];
  if (name === undefined) throw new Error(`no period ${unit}`);
  return name(local);
}

export const weekdayName = (date: Date): string => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][date.getUTCDay()] ?? '';

/** Every day from the first to the last. */
export function daysBetween(first: Date, last: Date): Date[] {
  const days: Date[] = [];
  const end = isoDay(last);
  for (let day = new Date(`${isoDay(first)}T00:00:00Z`); isoDay(day) <= end; day = new Date(day.getTime() + 86_400_000)) days.push(day);
  return days;
}
