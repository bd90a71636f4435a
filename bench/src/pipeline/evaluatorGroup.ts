import type { BenchmarkGroup } from '../harness/benchmark.js';
import { evaluatorThroughput } from './evaluatorThroughput.js';
import { STANDARD_EVENTS } from './standardSubmissions.js';

export const evaluatorGroup: BenchmarkGroup = {
  name: 'evaluator',
  description: 'a full log to everything committed and the outbox published',
  runs: 3,
  warmsUp: false,
  benchmarks: ({ events = STANDARD_EVENTS }) => [evaluatorThroughput({ events })],
};
