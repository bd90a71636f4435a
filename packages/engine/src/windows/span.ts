/** A length of time as it stands in a pack: `12h`, `30d` or `4w`. Days have 24 hours. */

export const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** The shortest and the longest span that a pack may ask for. */
const SPAN_MINUTES_MIN = HOUR_MINUTES;
const SPAN_MINUTES_MAX = 366 * DAY_MINUTES;

const UNIT_MINUTES: Readonly<Record<string, number>> = { h: HOUR_MINUTES, d: DAY_MINUTES, w: WEEK_MINUTES };

/** Its minutes; null where the text is no span, or one out of bounds. */
export function parseSpan(text: string): number | null {
  const [, amount = '', unit = ''] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
  const minutes = Number(amount) * (UNIT_MINUTES[unit] ?? 0);
  return minutes >= SPAN_MINUTES_MIN && minutes <= SPAN_MINUTES_MAX ? minutes : null;
}

/** What whoever wrote another text probably meant, such as `7d` for `7 days`; null where that cannot be told. */
export function meantSpan(text: string): string | null {
  const [, amount, unit] = /^\s*(\d{1,5})\s*([hdw])(?:(?:ou)?rs?|ays?|(?:ee)?ks?)?\s*$/i.exec(text) ?? [];
  const meant = amount === undefined || unit === undefined ? '' : `${String(Number(amount))}${unit.toLowerCase()}`;
  return parseSpan(meant) === null ? null : meant;
}

/** The minutes of a span of a definition that was checked before. */
export function spanMinutes(text: string): number {
  const minutes = parseSpan(text);
  if (minutes === null) throw new RangeError(`${text} is no span of time`);
  return minutes;
}
