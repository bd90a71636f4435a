import type { Submission } from '../pipeline/standardSubmissions.js';

/** Enough that each partition has some. */
export const PARTITION_MARKERS = 100;

/** One event each of so many users. */
export function partitionMarkers(): Submission[] {
  return Array.from({ length: PARTITION_MARKERS }, (_, n) => ({
    event_id: `marker-${String(n)}`,
    type: 'build.succeeded',
    actor: { user_id: `marker-${String(n)}` },
    source: { platform: 'ci', app: 'bench' },
    occurred_at: '2026-01-01T00:00:00Z',
    properties: {},
  }));
}
