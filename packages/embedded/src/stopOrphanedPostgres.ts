import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { POSTGRES_DATA_DIR } from './initPostgres.js';
import { listProcesses, type RunningProcess } from './processTable.js';
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
  await stopProcesses(pidsOf(servers), { signal: 'SIGINT', timeoutMs: SERVER_TIMEOUT_MS });
  // Children have a title instead of a command line, but all work in the data directory.
  const children = (await processesIn(dataDir)).filter(({ command }) => command.startsWith('postgres: '));
  await stopProcesses(pidsOf(children), { signal: 'SIGQUIT', timeoutMs: CHILD_TIMEOUT_MS });
  await removeStalePidFile(dataDir);
}

/**
 * PostgreSQL takes the pid in this file for a living server when any process of the same user has it now, and when the killed
 * server has not been reaped (never, in a container whose first process does not do that). Where the system shows who works
 * in the directory we know better; elsewhere the file stays, and PostgreSQL judges by itself.
 */
async function removeStalePidFile(dataDir: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const left = (await processesIn(dataDir)).filter(({ command }) => basename(command.split(' ')[0] ?? '').startsWith('postgres'));
  if (left.length === 0) await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

async function processesIn(dataDir: string): Promise<RunningProcess[]> {
  return (await listProcesses()).filter(({ cwd }) => cwd === dataDir);
}

function pidsOf(processes: readonly RunningProcess[]): number[] {
  return processes.map(({ pid }) => pid);
}
