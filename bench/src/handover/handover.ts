import { PARTITIONS_DEFAULT } from '@cairn/contracts';
import pg from 'pg';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BenchStack, PART_NODE_OPTIONS } from '../pipeline/BenchStack.js';
import { fillLog } from '../pipeline/fillLog.js';
import { pollUntil } from '../pipeline/pollUntil.js';
import { areShared } from './areShared.js';
import { PARTITION_MARKERS, partitionMarkers } from './partitionMarkers.js';

const EVALUATORS = 2;

/** Seconds from the moment that one of two evaluators is gone to the commit of an event in each partition that was sent right after it. */
export function handover(how: 'leave' | 'kill' | 'freeze'): Benchmark {
  return {
    name: `handover/${how}`,
    unit: 's',
    settings: { evaluators: EVALUATORS, partitions: PARTITIONS_DEFAULT, events: PARTITION_MARKERS, node_options: PART_NODE_OPTIONS },
    prepare: () => async () => {
      const stack = await BenchStack.start();
      const database = new pg.Client({ connectionString: stack.servers.databaseUrl });
      await database.connect();
      try {
        await stack.publish(standardPacks(20));
        return await measure(stack, { database, how });
      } finally {
        await database.end();
        await stack.stop();
      }
    },
  };
}

async function measure(stack: BenchStack, of: { database: pg.Client; how: 'leave' | 'kill' | 'freeze' }): Promise<Measured> {
  const { database, how } = of;
  const going = await stack.startCairn('rule-evaluator');
  await stack.startCairn('rule-evaluator');
  await pollUntil('the partitions are shared out', () => areShared(database, EVALUATORS));
  const startedMs = performance.now();
  if (how === 'freeze') process.kill(going.pid, 'SIGSTOP');
  const gone = how === 'kill' ? going.kill() : how === 'leave' ? stack.stopCairn(going) : Promise.resolve();
  const last = await fillLog(stack.servers.natsUrl, partitionMarkers(), 1);
  await pollUntil('every partition has gone on', async () => {
    const { rows } = await database.query<{ partition: number; last_seq: string }>('SELECT partition, last_seq FROM partitions');
    return rows.every((row) => Number(row.last_seq) >= (last.get(row.partition) ?? 0));
  });
  const seconds = (performance.now() - startedMs) / 1000;
  if (how === 'freeze') process.kill(going.pid, 'SIGCONT');
  await gone;
  return seconds;
}
