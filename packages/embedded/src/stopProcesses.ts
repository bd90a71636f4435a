import { EmbeddedError, isSystemError } from './errors.js';
import { pollUntil } from './pollUntil.js';
import { processIdentity } from './processTable.js';

/** SIGKILL takes effect at once, except while the kernel waits for a disk. */
const KILL_TIMEOUT_MS = 10_000;

/** Asks processes that are not our children to end, and kills those that have not after `timeoutMs`. */
export async function stopProcesses(
  pids: readonly number[],
  { signal, timeoutMs }: { signal: NodeJS.Signals; timeoutMs: number },
): Promise<void> {
  if (pids.length === 0) return;
  const identities = await identify(pids);
  signalAll(identities.keys(), signal);
  if (await pollUntil(() => allGone(identities), timeoutMs)) return;
  signalAll((await stillAlive(identities)).keys(), 'SIGKILL');
  if (await pollUntil(() => allGone(identities), KILL_TIMEOUT_MS)) return;
  const left = [...(await stillAlive(identities)).keys()].join(', ');
  throw new EmbeddedError('stop_failed', `process ${left} is still alive ${KILL_TIMEOUT_MS} ms after SIGKILL`);
}

/** Sends a signal to each; one that has ended meanwhile is what was wanted. */
function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!isSystemError(error, 'ESRCH')) throw error;
    }
  }
}

async function identify(pids: readonly number[]): Promise<Map<number, string>> {
  const identities = new Map<number, string>();
  for (const pid of pids) {
    const identity = await processIdentity(pid);
    if (identity !== null) identities.set(pid, identity);
  }
  return identities;
}

/** Those whose pid has not passed to another process. */
async function stillAlive(identities: ReadonlyMap<number, string>): Promise<Map<number, string>> {
  const now = await identify([...identities.keys()]);
  return new Map([...identities].filter(([pid, identity]) => now.get(pid) === identity));
}

async function allGone(identities: ReadonlyMap<number, string>): Promise<boolean> {
  return (await stillAlive(identities)).size === 0;
}
