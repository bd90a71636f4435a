import { join } from 'node:path';
import { POSTGRES_DATA_DIR } from './initPostgres.js';
import { listProcesses } from './processTable.js';
import { stopProcesses } from './stopProcesses.js';

/** A fast shutdown writes out what is in memory. */
const SERVER_TIMEOUT_MS = 30_000;
/** The children of a killed server notice by themselves, unless they are deep in a statement. */
const CHILD_TIMEOUT_MS = 5_000;

/**
 * Stops a PostgreSQL that still runs on this directory though the process that started it has ended, and what is left of
 * one that was killed: as long as one of its children lives, no other can start on the same data.
 *
 * @param dir what `startPostgres` got as its `dataDir`, without symbolic links
 */
export async function stopOrphanedPostgres(dir: string): Promise<void> {
  const dataDir = join(dir, POSTGRES_DATA_DIR);
  // The command line ends in our own data directory, so it cannot be anybody else's server.
  const servers = (await listProcesses()).filter(({ command }) => command.endsWith(`postgres -D ${dataDir}`));
  await stopProcesses(
    servers.map(({ pid }) => pid),
    { signal: 'SIGINT', timeoutMs: SERVER_TIMEOUT_MS },
  );
  // Children have a title instead of a command line, but all work in the data directory.
  const children = (await listProcesses()).filter(({ command, cwd }) => cwd === dataDir && command.startsWith('postgres: '));
  await stopProcesses(
    children.map(({ pid }) => pid),
    { signal: 'SIGQUIT', timeoutMs: CHILD_TIMEOUT_MS },
  );
}
