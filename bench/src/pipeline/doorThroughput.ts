import { DEFAULT_TENANT_ID, EVENTS_STREAM, LOG_STREAM, logSubject, PARTITIONS_DEFAULT } from '@cairn/contracts';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BENCH_TOKEN, BenchStack } from './BenchStack.js';
import { LoadProcess } from './load/LoadProcess.js';
import type { DoorReport, HttpLoadJob, NatsLoadJob } from './load/loadJob.js';
import { pollUntil } from './pollUntil.js';
import { difference, processorTime } from './processorTime.js';
import { STANDARD_DUPLICATES, STANDARD_EVENTS, STANDARD_USERS, standardSubmissions } from './standardSubmissions.js';
import { whenDrained } from './whenDrained.js';

const ACHIEVEMENTS = 20;
/** Of the doors over NATS. */
const INGEST_CONSUMER = 'ingest';

/** How the standard work comes in: without where to, which is not known before all runs. */
export type Door =
  | { name: string; load: Omit<HttpLoadJob, 'url' | 'token'>; syncInterval?: string }
  | { name: string; load: Omit<NatsLoadJob, 'natsUrl'>; syncInterval?: string };

/** The standard work through a door: until all of it was answered with a 2xx or acknowledged, and until all of it is committed. */
export function doorThroughput(door: Door): Benchmark {
  const { kind, ...settings } = door.load;
  return {
    name: `doors/${door.name}`,
    unit: 'events/s',
    settings: {
      events: STANDARD_EVENTS,
      users: STANDARD_USERS,
      achievements: ACHIEVEMENTS,
      duplicates: STANDARD_DUPLICATES,
      door: kind,
      ...settings,
      synchronous_commit: 'on',
      sync_interval: door.syncInterval ?? 'always',
    },
    events: STANDARD_EVENTS,
    prepare: () => {
      const { distinct } = standardSubmissions();
      return async () => {
        const stack = await BenchStack.start(door.syncInterval === undefined ? {} : { syncInterval: door.syncInterval });
        try {
          await stack.publish(standardPacks(ACHIEVEMENTS));
          return await measure(stack, door, distinct);
        } finally {
          await stack.stop();
        }
      };
    },
  };
}

async function measure(stack: BenchStack, door: Door, distinct: number): Promise<Measured> {
  const evaluator = await stack.startCairn('rule-evaluator');
  const ingest = await stack.startCairn('ingest');
  const load = await LoadProcess.start(
    door.load.kind === 'http' ? { ...door.load, url: ingest.url, token: BENCH_TOKEN } : { ...door.load, natsUrl: stack.servers.natsUrl },
  );
  try {
    const names = new Map([
      [ingest.pid, 'ingest'],
      [evaluator.pid, 'evaluator'],
      [load.pid, 'load'],
    ]);
    const before = await processorTime(names);
    const startedMs = performance.now();
    const report = await load.run();
    checkAnswers(report, distinct);
    await whenCommitted(stack, door, distinct);
    const seconds = (performance.now() - startedMs) / 1000;
    const processor = difference(await processorTime(names), before);
    return { value: { accepted: report.events / report.seconds, committed: report.events / seconds }, processor };
  } finally {
    await load.stop();
  }
}

/** There is one process at the door, which knows every duplicate. */
function checkAnswers({ events, answers }: DoorReport, distinct: number): void {
  const right = answers['accepted'] === distinct && answers['duplicate'] === events - distinct;
  if (!right) throw new Error(`${String(distinct)} of ${String(events)} events were distinct, and answered was ${JSON.stringify(answers)}`);
}

async function whenCommitted(stack: BenchStack, door: Door, distinct: number): Promise<void> {
  const nats = await connect({ servers: stack.servers.natsUrl, noAsyncTraces: true });
  const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
  await database.connect();
  try {
    const manager = await jetstreamManager(nats);
    if (door.load.kind === 'nats') await pollUntil('the door over NATS has taken all', () => isTaken(manager));
    await whenDrained(database, await lastSequences(manager));
    const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
    if (Number(rows[0]?.events) !== distinct)
      throw new Error(`${String(rows[0]?.events)} events were counted instead of ${String(distinct)}`);
  } finally {
    await database.end();
    await nats.close();
  }
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
