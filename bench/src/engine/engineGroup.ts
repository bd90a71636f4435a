import type { BenchmarkGroup } from '../harness/benchmark.js';
import { foldThroughput } from './foldThroughput.js';
import { largeStates } from './largeState.js';

export const engineGroup: BenchmarkGroup = {
  name: 'engine',
  description: 'the rules alone, without log and database, on one core',
  benchmarks: () => [
    foldThroughput(20),
    foldThroughput(200, ['engine/20-achievements']),
    foldThroughput(2_000, ['engine/20-achievements']),
    ...largeStates,
  ],
};
