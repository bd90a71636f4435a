import type { BenchmarkGroup } from '../harness/benchmark.js';
import { publishDurably } from './publishDurably.js';

/** What nats-server does where nobody says. */
const SYNC_INTERVAL_DEFAULT = '2m';

export const durabilityGroup: BenchmarkGroup = {
  name: 'durability',
  description: 'what an acknowledgement of JetStream costs: synced or not, one server or three replicas',
  runs: 3,
  warmsUp: false,
  benchmarks: () => [
    publishDurably('single-always', { servers: 1, syncInterval: 'always' }),
    publishDurably('single-default', { servers: 1, syncInterval: SYNC_INTERVAL_DEFAULT }),
    publishDurably('cluster-always', { servers: 3, syncInterval: 'always' }),
    publishDurably('cluster-default', { servers: 3, syncInterval: SYNC_INTERVAL_DEFAULT }),
  ],
};
