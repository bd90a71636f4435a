import { type Catalogue, emptyState, fold } from '@cairn/engine';
import type { Benchmark } from '../harness/benchmark.js';
import { CpuStopwatch } from '../harness/cpuStopwatch.js';
import { publishPacks } from './publishPacks.js';
import { StandardEvents } from './standardEvents.js';
import { standardPacks } from './standardPack.js';

const EVENTS = 400_000;
const USERS = 5_000;
/** Events are made, and then folded, in batches as the evaluator takes them from the log. */
const BATCH_EVENTS = 500;
/** An event matches so many achievements on average, give or take. */
const MATCHES_WANTED = 3;
const MATCHES_TOLERANCE = 0.1;

/** Events that are folded in a second of processor time, each user's state beginning with nothing. */
export function foldThroughput(achievements: number, comparedTo: readonly string[] = []): Benchmark {
  return {
    name: `engine/${String(achievements)}-achievements`,
    unit: 'events/s',
    settings: { achievements, events: EVENTS, users: USERS, matches_per_event: MATCHES_WANTED, clock: 'processor time' },
    comparedTo,
    prepare: () => {
      const catalogue = publishPacks(standardPacks(achievements));
      return () => measure(catalogue);
    },
  };
}

function measure(catalogue: Catalogue): number {
  const states = Array.from({ length: USERS }, emptyState);
  const events = new StandardEvents(EVENTS, USERS);
  const stopwatch = new CpuStopwatch();
  let matched = 0;
  for (let batch = events.next(BATCH_EVENTS); batch.length > 0; batch = events.next(BATCH_EVENTS)) {
    stopwatch.start();
    for (const { user, event } of batch) {
      const state = states[user];
      if (state !== undefined) matched += fold(catalogue, state, event).matched.length;
    }
    stopwatch.stop();
  }
  assertMatches(matched / EVENTS);
  return EVENTS / stopwatch.seconds;
}

function assertMatches(matchesPerEvent: number): void {
  if (Math.abs(matchesPerEvent - MATCHES_WANTED) > MATCHES_TOLERANCE)
    throw new Error(`an event of the standard work matches ${matchesPerEvent.toFixed(2)} achievements, not ${String(MATCHES_WANTED)}`);
}
