/** The latest and earliest instants that ISO 8601 in this form can write. */
const INSTANT_MAX_MS = 8.64e15;

/** RFC 3339 in UTC, without a fraction where there is none: `2026-04-12T10:15:00Z`. */
export function formatInstant(instant: number): string {
  const within = Math.min(Math.max(Math.trunc(instant), -INSTANT_MAX_MS), INSTANT_MAX_MS);
  return new Date(Number.isNaN(within) ? 0 : within).toISOString().replace('.000Z', 'Z');
}
