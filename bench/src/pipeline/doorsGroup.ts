import type { BenchmarkGroup } from '../harness/benchmark.js';
import { DoorStacks } from './DoorStacks.js';
import { type Door, doorThroughput } from './doorThroughput.js';
import { STANDARD_EVENTS } from './standardSubmissions.js';

const ACHIEVEMENTS = 20;
/** Enough requests on their way to fill the log's group commit, and no more. */
const BATCH_CONNECTIONS = 16;
const SINGLE_CONNECTIONS = 64;
const PUBLISHES_IN_FLIGHT = 256;
/** For doors that take a tenth of the events in a second that the others take. */
const SLOW_DOOR_EVENTS = 50_000;
const SYNC_ALWAYS = 'always';
/** What nats-server does where nobody says. */
const SYNC_INTERVAL_DEFAULT = '2m';

const DOORS: readonly Door[] = [
  {
    name: 'http-batch-100',
    events: STANDARD_EVENTS,
    load: { kind: 'http', eventsARequest: 100, connections: BATCH_CONNECTIONS },
    syncInterval: SYNC_ALWAYS,
  },
  {
    name: 'http-batch-1000',
    events: STANDARD_EVENTS,
    load: { kind: 'http', eventsARequest: 1000, connections: BATCH_CONNECTIONS },
    syncInterval: SYNC_ALWAYS,
  },
  {
    name: 'http-single-64',
    events: SLOW_DOOR_EVENTS,
    load: { kind: 'http', eventsARequest: 1, connections: SINGLE_CONNECTIONS },
    syncInterval: SYNC_ALWAYS,
  },
  // What the two below could reach at most: the same messages to a stream that nobody reads.
  {
    name: 'nats-publish-alone',
    events: SLOW_DOOR_EVENTS,
    load: { kind: 'publish', publishesInFlight: PUBLISHES_IN_FLIGHT },
    syncInterval: SYNC_ALWAYS,
  },
  {
    name: 'nats-json',
    events: SLOW_DOOR_EVENTS,
    load: { kind: 'nats', publishesInFlight: PUBLISHES_IN_FLIGHT },
    syncInterval: SYNC_ALWAYS,
    comparedTo: 'nats-publish-alone',
  },
  {
    name: 'nats-publish-alone-default-sync',
    events: STANDARD_EVENTS,
    load: { kind: 'publish', publishesInFlight: PUBLISHES_IN_FLIGHT },
    syncInterval: SYNC_INTERVAL_DEFAULT,
  },
  {
    name: 'nats-json-default-sync',
    events: STANDARD_EVENTS,
    load: { kind: 'nats', publishesInFlight: PUBLISHES_IN_FLIGHT },
    syncInterval: SYNC_INTERVAL_DEFAULT,
    comparedTo: 'nats-publish-alone-default-sync',
  },
];

export const doorsGroup: BenchmarkGroup = {
  name: 'doors',
  description: 'the standard work through each door, until it is answered and until it is committed',
  runs: 3,
  warmsUp: false,
  benchmarks: () => {
    const stacks = new DoorStacks({ achievements: ACHIEVEMENTS });
    return DOORS.map((door) => doorThroughput(door, { stacks, achievements: ACHIEVEMENTS }));
  },
};
