/** RFC 3339, section 5.6: date, `T`, time, offset. Upper and lower case are the same. */
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** The instants that a year of four digits from 0001 on can say, in UTC: an offset may lead out of them. */
const INSTANT_MS_MIN = -62_135_596_800_000;
const INSTANT_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const LENGTH_OF_SECONDS = '2026-04-12T10:15:00Z'.length;
const LENGTH_OF_MILLISECONDS = '2026-04-12T10:15:00.000Z'.length;
const ZERO = 0x30;

/** Whether RFC 3339 can say the instant. */
export function isInstant(instantMs: number): boolean {
  return Number.isInteger(instantMs) && instantMs >= INSTANT_MS_MIN && instantMs <= INSTANT_MS_MAX;
}

/** Epoch milliseconds of an RFC 3339 instant, or null where it is none. Digits behind the millisecond are cut. */
export function parseInstant(text: string): number | null {
  return parseUsualInstant(text) ?? parseAnyInstant(text);
}

/** `2026-04-12T10:15:00Z` and `2026-04-12T10:15:00.000Z` from the year 1000 on, without an expression: nine of ten are such. */
function parseUsualInstant(text: string): number | null {
  const { length } = text;
  if (length !== LENGTH_OF_SECONDS && length !== LENGTH_OF_MILLISECONDS) return null;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || text[length - 1] !== 'Z')
    return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  // The last days of months are left to the calendar.
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return null;
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return null;
  if (length === LENGTH_OF_SECONDS) return Date.UTC(year, month - 1, day, hour, minute, second);
  if (text[19] !== '.') return null;
  const millisecond = digits(text, 20, 23);
  return Number.isNaN(millisecond) ? null : Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
}

/** NaN where one of them is none. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function parseAnyInstant(text: string): number | null {
  const match = RFC_3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', offset = 'Z'] = match;
  const offsetMinutes = parseOffset(offset);
  if (offsetMinutes === null) return null;
  const wall = new Date(0);
  wall.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (wall.getUTCMonth() !== Number(month) - 1 || wall.getUTCDate() !== Number(day)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  wall.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(1, 4).padEnd(3, '0')));
  const instantMs = wall.getTime() - offsetMinutes * 60_000;
  return isInstant(instantMs) ? instantMs : null;
}

/** `2026-04-12T10:15:00Z`: without a fraction where there is none. */
export function formatInstant(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('.000Z', 'Z');
}

function parseOffset(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
