import { PARTITIONS_DEFAULT } from '@cairn/contracts';
import pg from 'pg';
import type { CairnProcess } from '../chaos/CairnProcess.js';
import { standardPacks } from '../engine/standardPack.js';
import { areShared } from '../handover/areShared.js';
import { PARTITION_MARKERS, partitionMarkers } from '../handover/partitionMarkers.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BenchStack, PART_NODE_OPTIONS } from '../pipeline/BenchStack.js';
import { fillLog } from '../pipeline/fillLog.js';
import { pollUntil } from '../pipeline/pollUntil.js';
import { difference, processorTime } from '../pipeline/processorTime.js';
import {
  STANDARD_DUPLICATES,
  STANDARD_EVENTS,
  type StandardSubmissions,
  type Submission,
  standardSubmissions,
} from '../pipeline/standardSubmissions.js';
import { whenDrained } from '../pipeline/whenDrained.js';
import { admitStandard } from '../work/admitStandard.js';
import { encodeEntry, gatherEntries } from '../work/logEntries.js';
import { publishEntries } from '../work/publishEntries.js';
import { fillHistory } from './fillHistory.js';
import { fillUsers } from './fillUsers.js';
import type { GrowthCase } from './GrowthCase.js';

const EVENTS_AN_ENTRY = 50;
/**
 * What goes before is not measured: a process that has compiled what it runs, states that have their achievements, and pages of the
 * indexes that PostgreSQL has written out whole since its last checkpoint, as it does the first time that each is changed.
 */
const WARM_UP_EVENTS = 300_000;
const MICROS = 1e6;

/** What an event costs in processor time, of all processes together, and of the clock: from a full log to everything committed. */
export function growthOf(of: GrowthCase): Benchmark {
  return {
    name: `growth/${of.name}`,
    unit: 'µs/event',
    settings: {
      events: STANDARD_EVENTS,
      warm_up_events: WARM_UP_EVENTS,
      duplicates: STANDARD_DUPLICATES,
      events_an_entry: EVENTS_AN_ENTRY,
      evaluators: of.evaluators,
      active_users: of.activeUsers,
      known_users: of.knownUsers,
      achievements: of.achievements,
      history: of.history,
      node_options: PART_NODE_OPTIONS,
      synchronous_commit: 'on',
      ...of.postgresSettings,
    },
    events: STANDARD_EVENTS,
    ...(of.name === of.smallest ? {} : { comparedTo: [`growth/${of.smallest}`] }),
    prepare: () => async () => {
      const work = standardSubmissions({ events: WARM_UP_EVENTS + STANDARD_EVENTS, users: of.activeUsers });
      const stack = await BenchStack.start({ postgresSettings: of.postgresSettings });
      const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
      await database.connect();
      try {
        await stack.publish(standardPacks(of.achievements));
        await fillUsers(database, of.knownUsers);
        await fillHistory(database, of.history);
        await database.query('VACUUM ANALYZE');
        await database.query('CHECKPOINT');
        return await measure(stack, database, { work, of });
      } finally {
        await database.end();
        await stack.stop();
      }
    },
  };
}

/** The evaluators have their partitions, and stand still while the log is filled, for a shorter time than their leases run. */
async function measure(stack: BenchStack, database: pg.Client, given: { work: StandardSubmissions; of: GrowthCase }): Promise<Measured> {
  const { work, of } = given;
  const messagesOf = (submissions: readonly Submission[]) => gatherEntries(admitStandard(submissions), EVENTS_AN_ENTRY).map(encodeEntry);
  const publish = (messages: ReturnType<typeof messagesOf>) =>
    publishEntries(stack.servers.natsUrl, { messages, partitions: PARTITIONS_DEFAULT });
  const evaluators: CairnProcess[] = [];
  for (let n = 0; n < of.evaluators; n++) evaluators.push(await stack.startCairn('rule-evaluator'));
  await pollUntil('the partitions are shared out', () => areShared(database, of.evaluators));
  // Each partition has read the definitions before: that is done once, and no cost of an event.
  await whenDrained(database, await fillLog(stack.servers.natsUrl, partitionMarkers(), 1));
  await whenDrained(database, await publish(messagesOf(work.submissions.slice(0, WARM_UP_EVENTS))));
  const measured = work.submissions.slice(WARM_UP_EVENTS);
  const messages = messagesOf(measured);
  for (const { pid } of evaluators) process.kill(pid, 'SIGSTOP');
  const lastSequences = await publish(messages).finally(() => {
    for (const { pid } of evaluators) process.kill(pid, 'SIGCONT');
  });
  const names = new Map(evaluators.map(({ pid }) => [pid, 'evaluator']));
  const before = await processorTime(names);
  const startedMs = performance.now();
  await whenDrained(database, lastSequences);
  const wallMicros = (performance.now() - startedMs) * 1000;
  const processor = difference(await processorTime(names), before);
  await checkCount(database, work.distinct + PARTITION_MARKERS + of.history);
  const events = measured.length;
  const processorMicros = Object.values(processor).reduce((sum, seconds) => sum + seconds, 0) * MICROS;
  return { value: { '': processorMicros / events, 'by-the-clock': wallMicros / events }, processor };
}

async function checkCount(database: pg.Client, expected: number): Promise<void> {
  const { rows } = await database.query<{ events: string }>('SELECT count(*) AS events FROM events');
  if (Number(rows[0]?.events) !== expected)
    throw new Error(`${String(rows[0]?.events)} events were counted instead of ${String(expected)}`);
}
