import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from '@cairn/runtime';

const THREADS = '/proc/self/task';

/**
 * Lets the threads beside the one that does the work run when no other wants to: on them V8 compiles and marks what is alive, and Node
 * reads files. Where there are few cores PostgreSQL, nats-server and the thread itself would wait for that, for up to a tenth of a second.
 * Linux alone knows priorities of threads; elsewhere they stay as they are.
 */
export function putHelpersLast(log: Logger): void {
  if (process.platform !== 'linux') return;
  // The thread collects by itself what is young: it would wait for a helper that has begun with a part of it and does not run.
  setFlagsFromString('--no-parallel-scavenge');
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  const priority = Math.min(getPriority() + PRIORITY_BELOW_NORMAL, PRIORITY_LOW);
  try {
    for (const thread of readdirSync(THREADS).map(Number)) if (thread !== process.pid) setPriority(thread, priority);
  } catch (error) {
    log.debug({ err: error }, 'the helpers of V8 keep their priority');
  }
}
