import { type Database, type GenerationNames, generationNames, giveBackReplayLock, tryReplayLock } from '@cairn/store';

/**
 * Does something that a replay must not go on beside, or a replay itself. Where the connection that holds the lock is lost meanwhile it no
 * longer keeps others out: the fence of a generation still does, and steps of an erasure can be done again.
 * @returns null where somebody else has the lock
 */
export async function underReplayLock<T>({ pool }: Database, work: (names: GenerationNames) => Promise<T>): Promise<T | null> {
  const names = await generationNames(pool);
  const guard = await pool.connect();
  let lost: Error | undefined;
  guard.on('error', (error) => {
    lost = error;
  });
  try {
    if (!(await tryReplayLock(guard, names))) return null;
    return await work(names).finally(() => lost ?? giveBackReplayLock(guard, names));
  } finally {
    guard.release(lost ?? true);
  }
}
