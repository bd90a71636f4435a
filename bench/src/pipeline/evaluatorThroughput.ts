import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark } from '../harness/benchmark.js';
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
async function drain(stack: BenchStack, work: Work): Promise<{ value: number; processor: Readonly<Record<string, number>> }> {
  const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
  await database.connect();
  try {
    const before = await processorTime();
    await stack.startCairn('rule-evaluator');
    const began = await whenBegun(database);
    await whenDrained(database, work.lastSequences);
    const seconds = (performance.now() - began.at) / 1000;
    const processor = { ...difference(await processorTime(), before) };
    const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
    if (Number(rows[0]?.events) !== work.distinct)
      throw new Error(`${String(rows[0]?.events)} events were counted instead of ${String(work.distinct)}`);
    return { value: (work.submissions.length - began.events) / seconds, processor };
  } finally {
    await database.end();
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
