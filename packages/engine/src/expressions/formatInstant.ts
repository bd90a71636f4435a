import { toInstant } from '../instant.js';

/** RFC 3339 in UTC, without a fraction where there is none: `2026-04-12T10:15:00Z`. */
export function formatInstant(instant: number): string {
  return new Date(toInstant(instant)).toISOString().replace('.000Z', 'Z');
}
