import { EmbeddedError } from './errors.js';
import { pollUntil } from './pollUntil.js';
import type { ServerProcess } from './serverProcess.js';

/** A server that did not come up is not worth more than this long a good-bye. */
const ABANDON_TIMEOUT_MS = 2_000;

/**
 * Waits until a server that has just been spawned answers.
 *
 * @throws EmbeddedError `start_failed` when the process ends before, `start_timeout` when it takes longer than `timeoutMs`;
 *   the process is gone then.
 */
export async function awaitReady(
  server: ServerProcess,
  { name, timeoutMs, isReady }: { name: string; timeoutMs: number; isReady(): Promise<boolean> },
): Promise<void> {
  try {
    const settled = await pollUntil(async () => server.hasExited() || (await isReady()), timeoutMs);
    if (settled && !server.hasExited()) return;
    const tail = `Its last lines:\n${await server.tail()}`;
    if (!settled) throw new EmbeddedError('start_timeout', `${name} was not ready within ${timeoutMs} ms. ${tail}`);
    const { code, signal } = await server.exited;
    throw new EmbeddedError('start_failed', `${name} ended at its start (${signal ?? `exit code ${code}`}). ${tail}`);
  } catch (error) {
    if (!server.hasExited()) await server.stop({ signal: 'SIGTERM', timeoutMs: ABANDON_TIMEOUT_MS });
    throw error;
  }
}
