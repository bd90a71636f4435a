import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

/** Behind the name, which may hold spaces: `man proc_pid_stat`. */
const NICE_FIELD = 16;
const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
/** Threads of libuv: more have to be below than these. */
const POOL_THREADS = 4;
const CORES_FEW_MAX = 4;

async function niceOf(pid: number, thread: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/task/${String(thread)}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[NICE_FIELD]);
}

it.skipIf(process.platform !== 'linux' || availableParallelism() > CORES_FEW_MAX)(
  'lets the thread that does the work go before those of V8',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-helpers-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
    try {
      const { pid } = await cairn.runtime();
      const own = await niceOf(pid, pid);
      const threads = (await readdir(`/proc/${String(pid)}/task`)).map(Number).filter((thread) => thread !== pid);
      const helpers = await Promise.all(threads.map((thread) => niceOf(pid, thread)));
      const below = Math.min(own + PRIORITY_BELOW_NORMAL, PRIORITY_LOW);
      expect(helpers.filter((nice) => nice === below).length).toBeGreaterThan(POOL_THREADS);
    } finally {
      await cairn.end('SIGTERM');
    }
  },
);
