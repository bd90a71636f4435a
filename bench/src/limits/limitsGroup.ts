import type { BenchmarkGroup } from '../harness/benchmark.js';
import { jetStreamLimits } from './jetStreamLimits.js';
import { transactionLimit } from './transactionLimit.js';

export const limitsGroup: BenchmarkGroup = {
  name: 'limits',
  description: "what the machine can do at most: raw JetStream, and the evaluator's transaction with prepared batches",
  runs: 3,
  benchmarks: () => [transactionLimit(), ...jetStreamLimits],
};
