import type { BenchmarkGroup } from '../harness/benchmark.js';
import { STANDARD_EVENTS } from '../pipeline/standardSubmissions.js';
import { peerThroughput } from './peerThroughput.js';
import { bullMq } from './queues/bullMq.js';
import { graphileWorker } from './queues/graphileWorker.js';
import { pgBoss } from './queues/pgBoss.js';
import { recountEach } from './sql/recountEach.js';
import { sqlSweep } from './sql/sqlSweep.js';
import { transactionEach } from './transactionEach.js';

/** What the slow ones get through in some seconds. */
const EVENTS_OF_TRANSACTIONS = 20_000;
const EVENTS_OF_RECOUNTS = 5_000;

export const peersGroup: BenchmarkGroup = {
  name: 'peers',
  description: 'the same work done in other ways: a transaction for each event, job queues, sweeps by SQL',
  runs: 3,
  warmsUp: false,
  benchmarks: ({ full, events }) =>
    [
      transactionEach(events ?? (full ? STANDARD_EVENTS : EVENTS_OF_TRANSACTIONS)),
      graphileWorker(events ?? (full ? STANDARD_EVENTS : EVENTS_OF_TRANSACTIONS)),
      pgBoss(events ?? (full ? STANDARD_EVENTS : EVENTS_OF_TRANSACTIONS)),
      bullMq(events ?? (full ? STANDARD_EVENTS : EVENTS_OF_TRANSACTIONS)),
      sqlSweep(STANDARD_EVENTS),
      recountEach(full ? EVENTS_OF_TRANSACTIONS : EVENTS_OF_RECOUNTS),
    ].map(peerThroughput),
};
