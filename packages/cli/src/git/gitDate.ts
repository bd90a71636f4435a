/** A moment as git keeps it: with the offset of the clock that it was read from. */
export interface GitDate {
  /** Epoch milliseconds. */
  instant: number;
  /** 0–23, on the author's own clock. */
  hour: number;
  /** 1–7, Monday 1, on the author's own calendar. */
  weekday: number;
}

/** Seconds and offset, as `--date=raw` writes them. Old tools have left offsets such as +5130 behind: hours and minutes, as git reads them. */
const RAW = /^(\d{1,12}) ([+-])(\d{1,2})(\d{2})$/;
/** The end of the year 9999, which is as far as RFC 3339 reaches. */
const INSTANT_MAX = Date.UTC(10_000, 0, 1) - 1;
const MINUTE_MS = 60_000;
const SUNDAY = 7;

/** Null for a date that cannot be read. */
export function parseGitDate(raw: string): GitDate | null {
  const match = RAW.exec(raw);
  if (match === null) return null;
  const [, seconds, sign, hours, minutes] = match;
  const instant = Number(seconds) * 1000;
  if (instant > INSTANT_MAX) return null;
  const offsetMinutes = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const wall = new Date(instant + offsetMinutes * MINUTE_MS);
  return { instant, hour: wall.getUTCHours(), weekday: wall.getUTCDay() || SUNDAY };
}
