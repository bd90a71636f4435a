import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireDataDirLock, EmbeddedError, startEmbedded, stopOrphanedNatsServer, stopOrphanedPostgres } from '@cairn/embedded';
import { OWN_NATS_PREFIX } from './ownNatsServer.js';
import type { StartedServers } from './StartedServers.js';

const RUN_DIR_PREFIX = `cairn-test-${process.getuid?.() ?? 'user'}-`;

/** Test data outlives nobody, and many files connect at once. */
const POSTGRES_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '300',
};

/** Starts nats-server and PostgreSQL in a new temporary directory, and clears away what killed runs have left. */
export async function startEmbeddedServers(runId: string): Promise<StartedServers> {
  await removeAbandonedRuns();
  const runDir = await realpath(await mkdtemp(join(tmpdir(), RUN_DIR_PREFIX)));
  const servers = await startEmbedded({ dataDir: runDir, postgresSettings: POSTGRES_SETTINGS, log: () => undefined });
  return {
    runId,
    natsUrl: servers.natsUrl,
    databaseUrl: servers.postgres.adminUrl,
    natsDir: runDir,
    stop: async () => {
      await servers.stop();
      await removeRun(runDir);
    },
  };
}

async function removeAbandonedRuns(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(RUN_DIR_PREFIX));
  for (const name of names) {
    try {
      const runDir = await realpath(join(tmpdir(), name));
      if (await isAbandoned(runDir)) await removeRun(runDir);
    } catch (error) {
      // Another run ended meanwhile, or clears away the same.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}

/** A run that is alive holds the lock of its directory; one that has just begun may not have it yet. */
async function isAbandoned(runDir: string): Promise<boolean> {
  if (!(await readdir(runDir)).some((name) => name.startsWith('lock.'))) return false;
  try {
    await acquireDataDirLock(runDir);
    return true;
  } catch (error) {
    if (error instanceof EmbeddedError && error.code === 'data_dir_in_use') return false;
    throw error;
  }
}

/** Also ends the servers that a killed test file has left behind. */
async function removeRun(runDir: string): Promise<void> {
  const servers = (await readdir(runDir)).filter((name) => name === 'nats' || name.startsWith(OWN_NATS_PREFIX));
  for (const name of servers) await stopOrphanedNatsServer(join(runDir, name));
  await stopOrphanedPostgres(join(runDir, 'postgres'));
  await rm(runDir, { recursive: true, force: true });
}
