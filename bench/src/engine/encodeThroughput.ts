import { emptyState, encodeState, fold } from '@cairn/engine';
import type { Benchmark } from '../harness/benchmark.js';
import { CpuStopwatch } from '../harness/cpuStopwatch.js';
import { publishPacks } from './publishPacks.js';
import { StandardEvents } from './standardEvents.js';
import { standardPacks } from './standardPack.js';
import { standardStates } from './standardStates.js';

const EVENTS = 40_000;
const USERS = 100;
/** As many as the evaluator takes from the log at once and writes the states of. */
const BATCH_EVENTS = 500;

/** What it takes to write a state, for each user that a batch of the standard events touched. */
export const encodeThroughput: Benchmark = {
  name: 'engine/encode-state',
  unit: 'µs/state',
  settings: { achievements: 20, events: EVENTS, users: USERS, batch: BATCH_EVENTS, clock: 'processor time' },
  prepare: () => {
    const catalogue = publishPacks(standardPacks(20));
    return () => {
      const events = new StandardEvents(EVENTS, USERS);
      const states = standardStates(catalogue, USERS);
      const stopwatch = new CpuStopwatch();
      let written = 0;
      for (let batch = events.next(BATCH_EVENTS); batch.length > 0; batch = events.next(BATCH_EVENTS)) {
        const touched = new Set(batch.map(({ user }) => user));
        for (const { user, event } of batch) fold(catalogue, states[user] ?? emptyState(), event);
        stopwatch.start();
        for (const user of touched) encodeState(states[user] ?? emptyState());
        stopwatch.stop();
        written += touched.size;
      }
      return (stopwatch.seconds * 1e6) / written;
    };
  },
};
