import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './withLock.mjs';

let folder;
let path;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-lock-'));
  path = join(folder, 'deep', 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const lock = (work, onWait = () => {}) => withLock({ path, onWait }, work);

describe('withLock', () => {
  it('lets one in at a time, tells the other that it waits, and leaves nothing behind', async () => {
    const order = [];
    let release;
    const released = new Promise((resolve) => (release = resolve));
    let enter;
    const entered = new Promise((resolve) => (enter = resolve));
    const first = lock(async () => {
      order.push('first in');
      enter();
      await released;
      order.push('first out');
    });
    await entered;
    const second = lock(
      async () => order.push('second in'),
      () => {
        order.push('second waits');
        release();
      },
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'second waits', 'first out', 'second in']);
    expect(existsSync(path)).toBe(false);
  });

  it('is free again after work that failed', async () => {
    await expect(lock(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await lock(async () => 'done')).toBe('done');
  });

  it('takes over what a killed process left', async () => {
    await lock(async () => {});
    const long = new Date(Date.now() - 3_600_000);
    await writeFile(path, '');
    await utimes(path, long, long);
    expect(await lock(async () => 'done')).toBe('done');
  });
});
