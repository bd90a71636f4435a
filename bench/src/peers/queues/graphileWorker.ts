import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { pollUntil } from '../../pipeline/pollUntil.js';
import type { Submission } from '../../pipeline/standardSubmissions.js';
import { EventTransactions } from '../EventTransactions.js';
import type { Peer, PeerContext, PreparedPeer } from '../Peer.js';

const TASK = 'event';
const JOBS_AN_INSERT = 5_000;
/** Jobs that a worker takes from the table at once. */
const LOCAL_QUEUE = 500;
/** Besides the jobs' own transactions: to take jobs, and to say that they are done. */
const POOL_CONNECTIONS = 10;

const silent = new Logger(() => () => undefined);

/** https://worker.graphile.org/docs/performance: a local queue, and completions in batches. */
export function graphileWorker(events: number): Peer {
  return {
    name: 'graphile-worker',
    events,
    settings: { version: '0.17.3', local_queue: LOCAL_QUEUE, complete_job_batch_delay_ms: 0, prepared_statements: 'on' },
    concurrencies: [24, 48],
    prepare,
  };
}

async function prepare(context: PeerContext, concurrency: number): Promise<PreparedPeer> {
  const { databaseUrl: connectionString, submissions } = context;
  const utils = await makeWorkerUtils({ connectionString, logger: silent });
  await utils.migrate();
  for (let at = 0; at < submissions.length; at += JOBS_AN_INSERT) {
    await utils.addJobs(submissions.slice(at, at + JOBS_AN_INSERT).map((payload) => ({ identifier: TASK, payload, maxAttempts: 3 })));
  }
  await utils.release();
  const transactions = await EventTransactions.open({ ...context, connections: concurrency });
  const database = new pg.Client({ connectionString });
  await database.connect();
  await database.query('VACUUM ANALYZE graphile_worker._private_jobs');
  return {
    run: async () => {
      const runner = await run({
        preset: {
          worker: {
            connectionString,
            logger: silent,
            concurrentJobs: concurrency,
            maxPoolSize: POOL_CONNECTIONS,
            localQueue: { size: LOCAL_QUEUE },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
            useNodeTime: true,
          },
        },
        noHandleSignals: true,
        taskList: { [TASK]: (payload) => transactions.apply(payload as Submission) },
      });
      await pollUntil('all jobs are done', async () => {
        const { rows } = await database.query('SELECT 1 FROM graphile_worker._private_jobs LIMIT 1');
        return rows.length === 0;
      });
      await runner.stop();
    },
    stop: async () => {
      await transactions.close();
      await database.query('DROP SCHEMA graphile_worker CASCADE');
      await database.end();
    },
  };
}
