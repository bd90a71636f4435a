import type { BenchmarkGroup } from '../harness/benchmark.js';
import { type Door, doorThroughput } from './doorThroughput.js';

/** Enough requests on their way to fill the log's group commit, and no more. */
const BATCH_CONNECTIONS = 16;
const SINGLE_CONNECTIONS = 64;
const PUBLISHES_IN_FLIGHT = 256;
/** What nats-server does where nobody says. */
const SYNC_INTERVAL_DEFAULT = '2m';

const DOORS: readonly Door[] = [
  { name: 'http-batch-100', load: { kind: 'http', eventsARequest: 100, connections: BATCH_CONNECTIONS } },
  { name: 'http-batch-1000', load: { kind: 'http', eventsARequest: 1000, connections: BATCH_CONNECTIONS } },
  { name: 'http-single-64', load: { kind: 'http', eventsARequest: 1, connections: SINGLE_CONNECTIONS } },
  { name: 'nats-json', load: { kind: 'nats', publishesInFlight: PUBLISHES_IN_FLIGHT } },
  {
    name: 'nats-json-default-sync',
    load: { kind: 'nats', publishesInFlight: PUBLISHES_IN_FLIGHT },
    syncInterval: SYNC_INTERVAL_DEFAULT,
  },
];

export const doorsGroup: BenchmarkGroup = {
  name: 'doors',
  description: 'the standard work through each door, until it is answered and until it is committed',
  runs: 3,
  warmsUp: false,
  benchmarks: () => DOORS.map((door) => doorThroughput(door)),
};
