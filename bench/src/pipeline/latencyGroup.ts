import type { BenchmarkGroup } from '../harness/benchmark.js';
import { unlockLatency } from './unlockLatency.js';

const SECONDS_DEFAULT = 60;

export const latencyGroup: BenchmarkGroup = {
  name: 'latency',
  description: 'at a steady rate of events, from sending one to the arrival of its unlock',
  runs: 3,
  warmsUp: false,
  benchmarks: ({ seconds = SECONDS_DEFAULT, trace }) => [
    unlockLatency('http', { seconds, trace }),
    unlockLatency('nats', { seconds, trace }),
  ],
};
