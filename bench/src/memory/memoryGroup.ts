import type { BenchmarkGroup } from '../harness/benchmark.js';
import { standaloneMemory } from './standaloneMemory.js';

const EVENTS_DEFAULT = 500_000;
const EVENTS_FULL = 5_000_000;

export const memoryGroup: BenchmarkGroup = {
  name: 'memory',
  description: 'what the one process holds while events go through it',
  runs: 1,
  warmsUp: false,
  benchmarks: ({ events, full }) => [standaloneMemory(events ?? (full ? EVENTS_FULL : EVENTS_DEFAULT))],
};
