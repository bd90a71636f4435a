import { DEFAULT_TENANT_ID, EVENTS_STREAM, LOG_STREAM, logSubject, PARTITIONS_DEFAULT } from '@cairn/contracts';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BENCH_TOKEN, PART_NODE_OPTIONS } from './BenchStack.js';
import type { DoorStack, DoorStacks } from './DoorStacks.js';
import { LoadProcess } from './load/LoadProcess.js';
import type { DoorReport, HttpLoadJob, NatsLoadJob } from './load/loadJob.js';
import { pollUntil } from './pollUntil.js';
import { difference, processorTime } from './processorTime.js';
import { STANDARD_DUPLICATES, STANDARD_USERS, standardSubmissions } from './standardSubmissions.js';
import { whenDrained } from './whenDrained.js';

/** Of the doors over NATS. */
const INGEST_CONSUMER = 'ingest';
/** Through the same door before the clock runs: a process that has just been started is not what is measured. */
const WARM_UP_EVENTS = 10_000;
/** Of the stream that nobody reads. */
const ALONE_STREAM = 'PUBLISHED_ALONE';
const ALONE_SUBJECTS = 'alone';

/** How the standard work comes in: without where to, which is not known before all runs. */
type DoorLoad =
  | Omit<HttpLoadJob, 'url' | 'token' | 'events' | 'series'>
  | Omit<NatsLoadJob, 'natsUrl' | 'events' | 'series' | 'stream' | 'subjects'>
  | { kind: 'publish'; publishesInFlight: number };

export interface Door {
  name: string;
  events: number;
  load: DoorLoad;
  syncInterval: string;
  /** The name of another door. */
  comparedTo?: string;
}

/** The standard work through a door: until all of it was answered with a 2xx or acknowledged, and until all of it is committed. */
export function doorThroughput(door: Door, { stacks, achievements }: { stacks: DoorStacks; achievements: number }): Benchmark {
  const { kind, ...settings } = door.load;
  return {
    name: `doors/${door.name}`,
    unit: 'events/s',
    settings: {
      events: door.events,
      warm_up_events: WARM_UP_EVENTS,
      users: STANDARD_USERS,
      achievements,
      duplicates: STANDARD_DUPLICATES,
      door: kind,
      ...settings,
      node_options: PART_NODE_OPTIONS,
      synchronous_commit: 'on',
      sync_interval: door.syncInterval,
    },
    events: door.events,
    ...(door.comparedTo === undefined ? {} : { comparedTo: [`doors/${door.comparedTo}`] }),
    prepare: () => {
      let round = 0;
      return async () => {
        round++;
        const servers = await stacks.of(round, door.syncInterval);
        await send(servers, door, { events: WARM_UP_EVENTS, series: `warm-${door.name}` });
        return send(servers, door, { events: door.events, series: door.name });
      };
    },
    finish: () => stacks.stop(),
  };
}

interface Work {
  events: number;
  series: string;
}

async function send(servers: DoorStack, door: Door, work: Work): Promise<Measured> {
  const { stack, evaluator, ingest } = servers;
  const { distinct } = standardSubmissions(work);
  const nats = await connect({ servers: stack.servers.natsUrl, noAsyncTraces: true });
  const manager = await jetstreamManager(nats);
  const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
  await database.connect();
  if (door.load.kind === 'publish') await manager.streams.add({ name: ALONE_STREAM, subjects: [`${ALONE_SUBJECTS}.>`] });
  const load = await LoadProcess.start(jobOf(servers, door.load, work));
  try {
    const names = new Map([
      [ingest.pid, 'ingest'],
      [evaluator.pid, 'evaluator'],
      [load.pid, 'load'],
    ]);
    const committedBefore = await countEvents(database);
    const before = await processorTime(names);
    const startedMs = performance.now();
    const report = await load.run();
    checkAnswers(report, distinct);
    const accepted = report.events / report.seconds;
    if (door.load.kind === 'publish') return { value: { accepted }, processor: difference(await processorTime(names), before) };
    if (door.load.kind === 'nats') await pollUntil('the door over NATS has taken all', () => isTaken(manager));
    await whenDrained(database, await lastSequences(manager));
    const committed = report.events / ((performance.now() - startedMs) / 1000);
    const processor = difference(await processorTime(names), before);
    const counted = (await countEvents(database)) - committedBefore;
    if (counted !== distinct) throw new Error(`${String(counted)} events were counted instead of ${String(distinct)}`);
    return { value: { accepted, committed }, processor };
  } finally {
    await load.stop();
    if (door.load.kind === 'publish') await manager.streams.delete(ALONE_STREAM);
    await database.end();
    await nats.close();
  }
}

function jobOf({ stack, ingest }: DoorStack, load: DoorLoad, work: Work): HttpLoadJob | NatsLoadJob {
  const { natsUrl } = stack.servers;
  switch (load.kind) {
    case 'http':
      return { ...work, ...load, url: ingest.url, token: BENCH_TOKEN };
    case 'nats':
      return { ...work, ...load, natsUrl, stream: EVENTS_STREAM, subjects: 'events' };
    case 'publish':
      return { ...work, ...load, kind: 'nats', natsUrl, stream: ALONE_STREAM, subjects: ALONE_SUBJECTS };
  }
}

/** Every event was taken; a repetition may be called accepted where the evaluator is so far behind that the door no longer knows of the first. */
function checkAnswers({ events, answers }: DoorReport, distinct: number): void {
  const { accepted = 0, duplicate = 0 } = answers;
  const right = accepted >= distinct && accepted + duplicate === events;
  if (!right) throw new Error(`${String(distinct)} of ${String(events)} events were distinct, and answered was ${JSON.stringify(answers)}`);
}

async function countEvents(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
  return Number(rows[0]?.events);
}

async function isTaken(manager: JetStreamManager): Promise<boolean> {
  const { num_pending: pending, num_ack_pending: unacknowledged } = await manager.consumers.info(EVENTS_STREAM, INGEST_CONSUMER);
  return pending === 0 && unacknowledged === 0;
}

/** Of each partition that has any. */
async function lastSequences(manager: JetStreamManager): Promise<Map<number, number>> {
  const last = new Map<number, number>();
  for (let partition = 0; partition < PARTITIONS_DEFAULT; partition++) {
    const message = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: logSubject(partition, DEFAULT_TENANT_ID) });
    if (message !== null) last.set(partition, message.seq);
  }
  return last;
}
