/** The earliest and latest instants that the calendar reckons with, as ECMAScript has them. */
const INSTANT_MAX_MS = 8.64e15;

export function isInstant(instant: number): boolean {
  return Number.isInteger(instant) && Math.abs(instant) <= INSTANT_MAX_MS;
}

/** The nearest instant; that of 1970 for what is no number. */
export function toInstant(instant: number): number {
  return Number.isNaN(instant) ? 0 : Math.min(Math.max(Math.trunc(instant), -INSTANT_MAX_MS), INSTANT_MAX_MS) + 0;
}
