import { mkdir, open, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const HEARTBEAT_MS = 1_000;
/** A holder that has not touched its lock for so long is dead, or stopped with Ctrl-Z. */
const STALE_AFTER_MS = 15_000;
/** Other processes' locks cannot be awaited portably, so they are looked at. */
const POLL_MS = 200;

/**
 * Runs `work` while no other process runs something under the same lock. A lock left by a killed process
 * is taken over.
 *
 * @template T
 * @param {{ path: string, onWait: () => void }} options onWait: called once, when somebody else holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock({ path, onWait }, work) {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await take(path))) {
    if (!told) onWait();
    told = true;
    await delay(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that was taken over meanwhile is no longer ours to touch; work goes on, it is idempotent.
    utimes(path, now, now).catch(() => clearInterval(heartbeat));
  }, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

/** @param {string} path @returns {Promise<boolean>} whether the lock is ours now */
async function take(path) {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const age = await ageOf(path);
  if (age > STALE_AFTER_MS) await rm(path, { force: true });
  return false;
}

async function ageOf(path) {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return 0; // released since
    throw error;
  }
}
