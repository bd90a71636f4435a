import { join } from 'node:path';
import { listProcesses } from './processTable.js';
import { stopProcesses } from './stopProcesses.js';

const STOP_TIMEOUT_MS = 10_000;

/** The name of the configuration file in the server's directory. */
export const NATS_CONFIG_FILE = 'nats-server.conf';

/**
 * Stops a nats-server that still runs on this directory though the process that started it has ended.
 *
 * @param dir what `startNatsServer` got as its `dataDir`, without symbolic links
 */
export async function stopOrphanedNatsServer(dir: string): Promise<void> {
  // The command line names our own configuration file and nothing else, so it cannot be anybody else's process.
  const ending = ` -c ${join(dir, NATS_CONFIG_FILE)}`;
  const orphans = (await listProcesses()).filter(({ command }) => command.endsWith(ending));
  await stopProcesses(
    orphans.map(({ pid }) => pid),
    { signal: 'SIGTERM', timeoutMs: STOP_TIMEOUT_MS },
  );
}
