import { prepareHttpLoad } from './httpLoad.js';
import { prepareLatencyLoad } from './latencyLoad.js';
import type { LoadJob, LoadMessage, LoadReport } from './loadJob.js';
import { prepareNatsLoad } from './natsLoad.js';

function prepare(job: LoadJob): Promise<() => Promise<LoadReport>> {
  switch (job.kind) {
    case 'http':
      return prepareHttpLoad(job);
    case 'nats':
      return prepareNatsLoad(job);
    case 'latency':
      return prepareLatencyLoad(job);
  }
}

function say(message: LoadMessage): void {
  process.send?.(message);
}

// It listens until its parent ends it, so that its processor time can be read.
const told = new Promise<unknown>((resolve) => process.on('message', resolve));
try {
  const run = await prepare(JSON.parse(process.argv[2] ?? '') as LoadJob);
  say({ kind: 'ready' });
  await told;
  say({ kind: 'done', report: await run() });
} catch (error) {
  say({ kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
