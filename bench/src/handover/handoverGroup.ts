import type { BenchmarkGroup } from '../harness/benchmark.js';
import { handover } from './handover.js';

export const handoverGroup: BenchmarkGroup = {
  name: 'handover',
  description: 'how long a partition stands still when its evaluator leaves, is killed or freezes',
  runs: 3,
  warmsUp: false,
  benchmarks: () => [handover('leave'), handover('kill'), handover('freeze')],
};
