import type { Check } from './check/Check.js';
import type { TimelineEntry } from './world/Timeline.js';

/** What `--json` prints. */
export interface ChaosReport {
  good: boolean;
  seed: number;
  nats: 'single' | 'cluster';
  /** How the disk of NATS was made full. */
  full_disk: 'file system' | 'max_file_store';
  seconds: number;
  kills: number;
  /** How often each was brought about. */
  faults: Record<string, number>;
  sent: { events: number; duplicates: number; retries: number; to_be_refused: number };
  unlocks: number;
  messages: { nats: number; sse: number; reconnects: number };
  /** From the end of the last fault until nothing was left to do; null if that did not come. */
  drained_seconds: number | null;
  peak_lag: number;
  checks: Check[];
  /** Where everything was kept to be looked at; null where all is well. */
  kept: string | null;
  timeline: TimelineEntry[];
}
