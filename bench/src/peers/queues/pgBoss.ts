import PgBoss from 'pg-boss';
import type { Submission } from '../../pipeline/standardSubmissions.js';
import { EventTransactions } from '../EventTransactions.js';
import type { Peer, PeerContext, PreparedPeer } from '../Peer.js';
import { dropSchema } from './dropSchema.js';

const QUEUE = 'event';
const JOBS_AN_INSERT = 5_000;
const JOBS_A_FETCH = 1_000;
const WORKERS = 4;
/** The least that it allows. */
const POLLING_SECONDS = 0.5;

/** https://timgit.github.io/pg-boss: large batches, and several workers, as each waits half a second between two fetches. */
export function pgBoss(events: number): Peer {
  return {
    name: 'pg-boss',
    events,
    settings: { version: '10.4.2', workers: WORKERS, jobs_a_fetch: JOBS_A_FETCH, polling_seconds: POLLING_SECONDS },
    concurrencies: [24, 48],
    prepare,
  };
}

async function prepare(context: PeerContext, concurrency: number): Promise<PreparedPeer> {
  const { databaseUrl: connectionString, submissions } = context;
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false });
  let failed: (error: unknown) => void = () => undefined;
  boss.on('error', (error) => failed(error));
  await boss.start();
  await boss.createQueue(QUEUE);
  for (let at = 0; at < submissions.length; at += JOBS_AN_INSERT) {
    await boss.insert(submissions.slice(at, at + JOBS_AN_INSERT).map((data) => ({ name: QUEUE, data })));
  }
  const transactions = await EventTransactions.open({ ...context, connections: concurrency });
  return {
    run: async () => {
      let left = submissions.length;
      await new Promise<void>((resolve, reject) => {
        failed = reject;
        const work = async (jobs: { data: Submission }[]): Promise<void> => {
          await Promise.all(jobs.map(({ data }) => transactions.apply(data)));
          left -= jobs.length;
          if (left === 0) resolve();
        };
        const options = { batchSize: JOBS_A_FETCH, pollingIntervalSeconds: POLLING_SECONDS };
        Promise.all(Array.from({ length: WORKERS }, () => boss.work<Submission>(QUEUE, options, work))).catch(reject);
      });
    },
    stop: async () => {
      await boss.stop({ graceful: true, wait: true });
      await transactions.close();
      await dropSchema(connectionString, 'pgboss');
    },
  };
}
