import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireDataDirLock } from './dataDirLock.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-lock-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function leaveLockOf(owner: { pid: number; identity: string }, generation = 1): Promise<void> {
  await writeFile(join(dir, `lock.${generation}`), JSON.stringify(owner));
}

describe('acquireDataDirLock', () => {
  it('refuses while the owner lives, and names it', async () => {
    const lock = await acquireDataDirLock(dir);
    await expect(acquireDataDirLock(dir)).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await lock.release();
    await (await acquireDataDirLock(dir)).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('takes over from a dead owner', async () => {
    // Above the largest pid that any system gives.
    await leaveLockOf({ pid: 2 ** 30, identity: 'long gone' }, 7);
    await acquireDataDirLock(dir);
    expect(await readdir(dir)).toEqual(['lock.8']);
  });

  it('takes over when the pid of the owner now belongs to another process', async () => {
    await leaveLockOf({ pid: process.pid, identity: 'an earlier process with this pid' });
    await acquireDataDirLock(dir);
    expect(await readdir(dir)).toEqual(['lock.2']);
  });

  it('takes over a lock that was cut short by a power failure', async () => {
    await writeFile(join(dir, 'lock.1'), '{"pid":');
    await acquireDataDirLock(dir);
    expect(await readdir(dir)).toEqual(['lock.2']);
  });

  it('lets exactly one of many contenders take over', async () => {
    await leaveLockOf({ pid: 2 ** 30, identity: 'long gone' });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireDataDirLock(dir)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(dir)).toEqual(['lock.2']);
  });
});
