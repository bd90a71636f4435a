import type { BenchmarkGroup } from '../harness/benchmark.js';
import { encodeThroughput } from './encodeThroughput.js';
import { foldThroughput } from './foldThroughput.js';
import { largeStates } from './largeState.js';

/**
 * Few enough that their states stay in the cache of a core, and as many events as are in it when they were just read from the log: the
 * engine is measured, not the memory.
 */
const CACHED = { users: 200, lap: 1_000 };
/** Several times what a core's cache holds, of states and of events. */
const UNCACHED = { users: 5_000, lap: 50_000 };

export const engineGroup: BenchmarkGroup = {
  name: 'engine',
  description: 'the rules alone, without log and database, on one core',
  benchmarks: () => [
    foldThroughput({ name: '20-achievements', achievements: 20, ...CACHED }),
    foldThroughput({ name: '200-achievements', achievements: 200, ...CACHED }, ['engine/20-achievements']),
    foldThroughput({ name: '2000-achievements', achievements: 2_000, ...CACHED }, ['engine/20-achievements']),
    foldThroughput({ name: '5000-users', achievements: 20, ...UNCACHED }, ['engine/20-achievements']),
    encodeThroughput,
    ...largeStates,
  ],
};
