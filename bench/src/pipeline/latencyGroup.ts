import type { BenchmarkGroup } from '../harness/benchmark.js';
import { IDLE, STEADY, unlockLatency } from './unlockLatency.js';

const SECONDS_DEFAULT = 60;

export const latencyGroup: BenchmarkGroup = {
  name: 'latency',
  description: 'at a steady rate of events and of an idle system, from sending one to the arrival of its unlock',
  runs: 3,
  warmsUp: false,
  benchmarks: ({ seconds = SECONDS_DEFAULT, trace }) => [
    unlockLatency('http', { ...STEADY, seconds, trace }),
    unlockLatency('nats', { ...STEADY, seconds, trace }),
    unlockLatency('http', { ...IDLE, seconds, trace }),
    unlockLatency('nats', { ...IDLE, seconds, trace }),
  ],
};
