import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import type { Submission } from '../../pipeline/standardSubmissions.js';
import { EventTransactions } from '../EventTransactions.js';
import type { Peer, PeerContext, PreparedPeer } from '../Peer.js';
import { RedisServer, requireRedis } from './RedisServer.js';

const QUEUE = 'event';
const JOBS_AN_INSERT = 2_000;

/** https://docs.bullmq.io: jobs in bulk, a high concurrency for work that waits for I/O, and done jobs are removed. */
export function bullMq(events: number): Peer {
  return {
    name: 'bullmq',
    events,
    settings: { version: '5.80.0', redis: 'appendonly yes, appendfsync always', done_jobs: 'removed' },
    concurrencies: [24, 64],
    prepare,
  };
}

async function prepare(context: PeerContext, concurrency: number): Promise<PreparedPeer> {
  const { submissions, dataDir } = context;
  await requireRedis();
  const redis = await RedisServer.start(join(dataDir, `redis-${String(concurrency)}`));
  const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null };
  const queue = new Queue<Submission>(QUEUE, { connection });
  for (let at = 0; at < submissions.length; at += JOBS_AN_INSERT) {
    const jobs = submissions.slice(at, at + JOBS_AN_INSERT);
    await queue.addBulk(jobs.map((data) => ({ name: QUEUE, data, opts: { removeOnComplete: true } })));
  }
  const transactions = await EventTransactions.open({ ...context, connections: concurrency });
  const worker = new Worker<Submission>(QUEUE, ({ data }) => transactions.apply(data), { connection, concurrency, autorun: false });
  return {
    run: async () => {
      let left = submissions.length;
      await new Promise<void>((resolve, reject) => {
        worker.on('completed', () => {
          if (--left === 0) resolve();
        });
        worker.on('failed', (_, error) => reject(error));
        worker.on('error', reject);
        worker.run().catch(reject);
      });
    },
    stop: async () => {
      await worker.close();
      await queue.close();
      await transactions.close();
      await redis.stop();
    },
  };
}
