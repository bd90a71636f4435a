import { LOG_STREAM } from '@cairn/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BenchStack, PART_NODE_OPTIONS } from './BenchStack.js';
import { fillLog } from './fillLog.js';
import { pollUntil } from './pollUntil.js';
import { difference, processorTime } from './processorTime.js';
import {
  STANDARD_DUPLICATES,
  STANDARD_USERS,
  type StandardSubmissions,
  type Submission,
  standardSubmissions,
} from './standardSubmissions.js';
import { whenDrained } from './whenDrained.js';

const ACHIEVEMENTS = 20;
/** What ingest gathers under load. */
const EVENTS_AN_ENTRY = 50;
/** In the log in front of what is measured: a process that has just been started is not what is measured. */
const WARM_UP_EVENTS = 100_000;

/** A full log, to everything committed and the outbox published. */
export function evaluatorThroughput({ events }: { events: number }): Benchmark {
  return {
    name: 'evaluator/full-log',
    unit: 'events/s',
    unitOf: { 'log-bytes': 'bytes/event', 'database-bytes': 'bytes/event', 'wal-bytes': 'bytes/event' },
    events,
    settings: {
      events,
      warm_up_events: WARM_UP_EVENTS,
      users: STANDARD_USERS,
      achievements: ACHIEVEMENTS,
      duplicates: STANDARD_DUPLICATES,
      events_an_entry: EVENTS_AN_ENTRY,
      evaluators: 1,
      node_options: PART_NODE_OPTIONS,
      synchronous_commit: 'on',
    },
    prepare: () => {
      const warmUp = standardSubmissions({ events: WARM_UP_EVENTS, series: 'warm' });
      const work = standardSubmissions({ events });
      return async () => {
        const stack = await BenchStack.start();
        try {
          await stack.publish(standardPacks(ACHIEVEMENTS));
          const fill = (submissions: readonly Submission[]) => fillLog(stack.servers.natsUrl, submissions, EVENTS_AN_ENTRY);
          const warmTo = await fill(warmUp.submissions);
          const warmBytes = await logBytes(stack.servers.natsUrl);
          return await drain(stack, {
            ...work,
            warmTo,
            warmDistinct: warmUp.distinct,
            warmBytes,
            lastSequences: await fill(work.submissions),
          });
        } finally {
          await stack.stop();
        }
      };
    },
  };
}

interface Work extends StandardSubmissions {
  /** The last sequence of each partition: of what warms up, and of all. */
  warmTo: ReadonlyMap<number, number>;
  lastSequences: ReadonlyMap<number, number>;
  warmDistinct: number;
  warmBytes: number;
}

/** From where all partitions are past what warms up. */
async function drain(stack: BenchStack, work: Work): Promise<Measured> {
  const { submissions, distinct, warmDistinct } = work;
  const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
  await database.connect();
  try {
    await stack.startCairn('rule-evaluator');
    await whenPast(database, work.warmTo);
    const countedBefore = await countedEvents(database);
    const before = await processorTime();
    const storedBefore = await storedBytes(database);
    const began = performance.now();
    await whenDrained(database, work.lastSequences);
    const seconds = (performance.now() - began) / 1000;
    const spent = difference(await processorTime(), before);
    const counted = await countedEvents(database);
    if (counted !== distinct + warmDistinct)
      throw new Error(`${String(counted)} events were counted instead of ${String(distinct + warmDistinct)}`);
    const stored = await storedBytes(database);
    // Partitions that were faster have done some of it before; repetitions are spread evenly.
    const share = (counted - countedBefore) / distinct;
    const events = submissions.length * share;
    return {
      value: {
        '': events / seconds,
        'log-bytes': ((await logBytes(stack.servers.natsUrl)) - work.warmBytes) / submissions.length,
        'database-bytes': (stored.database - storedBefore.database) / events,
        'wal-bytes': (stored.wal - storedBefore.wal) / events,
      },
      processor: Object.fromEntries(Object.entries(spent).map(([kind, time]) => [kind, time / share])),
    };
  } finally {
    await database.end();
  }
}

async function countedEvents(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
  return Number(rows[0]?.events);
}

async function storedBytes(database: pg.Client): Promise<{ database: number; wal: number }> {
  const { rows } = await database.query<{ database: string; wal: string }>(
    "SELECT pg_database_size(current_database()) AS database, pg_current_wal_lsn() - '0/0'::pg_lsn AS wal",
  );
  return { database: Number(rows[0]?.database), wal: Number(rows[0]?.wal) };
}

async function logBytes(natsUrl: string): Promise<number> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true });
  try {
    return (await (await jetstreamManager(nats)).streams.info(LOG_STREAM)).state.bytes;
  } finally {
    await nats.close();
  }
}

function whenPast(database: pg.Client, sequences: ReadonlyMap<number, number>): Promise<void> {
  return pollUntil('the evaluator is past what warms up', async () => {
    const { rows } = await database.query<{ partition: number; last_seq: string }>('SELECT partition, last_seq FROM partitions');
    return rows.length > 0 && rows.every((row) => Number(row.last_seq) >= (sequences.get(row.partition) ?? 0));
  });
}
