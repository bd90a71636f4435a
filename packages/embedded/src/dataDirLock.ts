import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError, isSystemError } from './errors.js';
import { processIdentity } from './processTable.js';

/** Each failed attempt means that another process moved in between, so a handful is plenty. */
const ATTEMPTS_MAX = 100;

const LOCK_NAME = /^lock\.(\d+)$/;

export interface DataDirLock {
  /** Gives the directory free. Safe to call more than once. */
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  readonly identity: string;
}

/**
 * Makes this process the only one that uses a directory, for as long as it lives or until it releases the lock.
 *
 * Node has no `flock`, so the lock is a file `lock.<generation>` with the owner in it; the highest generation counts. A lock
 * whose owner is dead is overtaken by making the next generation with `link`, which exactly one of several contenders can do.
 * Deleting the stale file and making it anew would let two contenders delete each other's.
 *
 * @throws EmbeddedError `data_dir_in_use`
 */
export async function acquireDataDirLock(dir: string): Promise<DataDirLock> {
  const owner: Owner = { pid: process.pid, identity: (await processIdentity(process.pid)) ?? 'unknown' };
  const draft = join(dir, `lock-draft-${randomUUID()}`);
  await writeFile(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const lock = await tryAcquire(dir, draft);
      if (lock !== null) return lock;
    }
    throw new EmbeddedError('data_dir_in_use', `${dir} is being fought over by other processes`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Null when somebody else was faster and the situation has to be looked at again. */
async function tryAcquire(dir: string, draft: string): Promise<DataDirLock | null> {
  const newest = (await generations(dir)).at(-1) ?? 0;
  if (newest > 0) await refuseIfAlive(dir, newest);
  const mine = join(dir, `lock.${newest + 1}`);
  try {
    await link(draft, mine);
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return null;
    throw error;
  }
  const now = await generations(dir);
  if (now.at(-1) !== newest + 1) {
    await rm(mine, { force: true });
    return null;
  }
  for (const older of now.slice(0, -1)) await rm(join(dir, `lock.${older}`), { force: true });
  return { release: () => rm(mine, { force: true }) };
}

async function refuseIfAlive(dir: string, generation: number): Promise<void> {
  const owner = await readOwner(join(dir, `lock.${generation}`));
  if (owner === null || (await processIdentity(owner.pid)) !== owner.identity) return;
  throw new EmbeddedError(
    'data_dir_in_use',
    `the data directory ${dir} is in use by process ${owner.pid}: stop that one first, or choose another directory`,
  );
}

async function generations(dir: string): Promise<number[]> {
  const found = (await readdir(dir)).flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => a - b);
}

/** Null for a lock that is gone or was cut short by a power failure: neither has a living owner. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(owner) ? owner : null;
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value)) return false;
  return Number.isSafeInteger(value.pid) && typeof value.identity === 'string';
}
