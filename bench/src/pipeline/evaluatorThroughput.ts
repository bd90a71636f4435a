import { setTimeout as delay } from 'node:timers/promises';
import { LOG_STREAM } from '@cairn/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BenchStack } from './BenchStack.js';
import { fillLog } from './fillLog.js';
import { difference, processorTime } from './processorTime.js';
import { STANDARD_DUPLICATES, STANDARD_EVENTS, STANDARD_USERS, standardSubmissions } from './standardSubmissions.js';
import { whenDrained } from './whenDrained.js';

const ACHIEVEMENTS = 20;
/** What ingest gathers under load. */
const EVENTS_AN_ENTRY = 50;
const POLL_MS = 10;
const MS_MAX = 300_000;

/** A full log, to everything committed and the outbox published. */
export function evaluatorThroughput(): Benchmark {
  return {
    name: 'evaluator/full-log',
    unit: 'events/s',
    unitOf: { 'log-bytes': 'bytes/event', 'database-bytes': 'bytes/event', 'wal-bytes': 'bytes/event' },
    events: STANDARD_EVENTS,
    settings: {
      events: STANDARD_EVENTS,
      users: STANDARD_USERS,
      achievements: ACHIEVEMENTS,
      duplicates: STANDARD_DUPLICATES,
      events_an_entry: EVENTS_AN_ENTRY,
      evaluators: 1,
      synchronous_commit: 'on',
    },
    prepare: () => {
      const work = standardSubmissions();
      return async () => {
        const stack = await BenchStack.start();
        try {
          await stack.publish(standardPacks(ACHIEVEMENTS));
          const lastSequences = await fillLog(stack.servers.natsUrl, work.submissions, EVENTS_AN_ENTRY);
          return await drain(stack, { lastSequences, ...work });
        } finally {
          await stack.stop();
        }
      };
    },
  };
}

interface Work {
  lastSequences: ReadonlyMap<number, number>;
  submissions: readonly unknown[];
  distinct: number;
}

/** From the first commit on: what a process takes to start is not what is measured. */
async function drain(stack: BenchStack, work: Work): Promise<Measured> {
  const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
  await database.connect();
  try {
    const before = await processorTime();
    const storedBefore = await storedBytes(database);
    await stack.startCairn('rule-evaluator');
    const began = await whenBegun(database);
    await whenDrained(database, work.lastSequences);
    const seconds = (performance.now() - began.at) / 1000;
    const processor = { ...difference(await processorTime(), before) };
    const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
    if (Number(rows[0]?.events) !== work.distinct)
      throw new Error(`${String(rows[0]?.events)} events were counted instead of ${String(work.distinct)}`);
    const stored = await storedBytes(database);
    const events = work.submissions.length;
    return {
      value: {
        '': (events - began.events) / seconds,
        'log-bytes': (await logBytes(stack.servers.natsUrl)) / events,
        'database-bytes': (stored.database - storedBefore.database) / events,
        'wal-bytes': (stored.wal - storedBefore.wal) / events,
      },
      processor,
    };
  } finally {
    await database.end();
  }
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

async function whenBegun(database: pg.Client): Promise<{ at: number; events: number }> {
  for (const deadline = performance.now() + MS_MAX; performance.now() < deadline; await delay(POLL_MS)) {
    const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
    const events = Number(rows[0]?.events);
    if (events > 0) return { at: performance.now(), events };
  }
  throw new Error('the evaluator did not begin');
}
