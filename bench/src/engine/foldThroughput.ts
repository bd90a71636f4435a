import { type Catalogue, fold } from '@cairn/engine';
import type { Benchmark } from '../harness/benchmark.js';
import { CpuStopwatch } from '../harness/cpuStopwatch.js';
import { publishPacks } from './publishPacks.js';
import { StandardLaps } from './standardLaps.js';
import { standardPacks } from './standardPack.js';
import { standardStates } from './standardStates.js';

/** So many that states are begun and code is compiled in a small part of the time. */
const EVENTS = 400_000;
/** An event matches so many achievements on average, give or take. */
const MATCHES_WANTED = 3;
const MATCHES_TOLERANCE = 0.1;

interface FoldWork {
  name: string;
  achievements: number;
  users: number;
  /** Events that are different from one another. */
  lap: number;
}

/** Events that are folded in a second of processor time, each user's state beginning with no more than a time zone. */
export function foldThroughput(work: FoldWork, comparedTo: readonly string[] = []): Benchmark {
  const { name, achievements, users, lap } = work;
  return {
    name: `engine/${name}`,
    unit: 'events/s',
    settings: { achievements, events: EVENTS, users, lap, matches_per_event: MATCHES_WANTED, clock: 'processor time' },
    comparedTo,
    prepare: () => {
      const catalogue = publishPacks(standardPacks(achievements));
      return () => measure(catalogue, work);
    },
  };
}

function measure(catalogue: Catalogue, { users, lap }: FoldWork): number {
  const laps = EVENTS / lap;
  const standard = new StandardLaps({ events: lap, laps, users });
  const states = standardStates(catalogue, users);
  const stopwatch = new CpuStopwatch();
  let matched = 0;
  for (let n = 0; n < laps; n++) {
    standard.begin(n);
    stopwatch.start();
    for (const { user, event } of standard.events) {
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
