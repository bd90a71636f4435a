import { readdirSync } from 'node:fs';
import { availableParallelism, constants, getPriority, setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from '@cairn/runtime';

const THREADS = '/proc/self/task';
/** With more than so many there is room for all of them. */
const CORES_FEW_MAX = 4;

/**
 * Gives the threads beside the one that does the work a tenth of its claim to a core: V8 compiles on them and marks what is alive, and Node
 * reads files. Where cores are few the work would wait for that, for up to a tenth of a second. Done on Linux alone, where a priority can be
 * that of a single thread.
 */
export function putHelpersLast(log: Logger): void {
  if (process.platform !== 'linux' || availableParallelism() > CORES_FEW_MAX) return;
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  try {
    const priority = Math.min(getPriority() + PRIORITY_BELOW_NORMAL, PRIORITY_LOW);
    for (const thread of readdirSync(THREADS).map(Number)) if (thread !== process.pid) setPriority(thread, priority);
    // The thread collects by itself what is young: it would wait for a helper that has begun with a part of it and does not run.
    setFlagsFromString('--no-parallel-scavenge');
  } catch (error) {
    log.debug({ err: error }, 'not all helpers of V8 got a priority of their own');
  }
}
