import { createLogger } from '@cairn/runtime';
import { describe, expect, it, vi } from 'vitest';
import { BackgroundLoop } from './BackgroundLoop.js';

const NEVER_MS = 600_000;

function loopOf(work: () => Promise<boolean>, times: { lookMs?: number; retryMs?: number } = {}) {
  const said: string[] = [];
  const logger = createLogger({ name: 'test', level: 'warn', pretty: 'off', destination: { write: (line) => void said.push(line) } });
  const done = vi.fn(work);
  const loop = new BackgroundLoop({ lookMs: NEVER_MS, retryMs: NEVER_MS, ...times, work: done, failed: 'it failed', logger });
  return { loop, said, done };
}

describe('BackgroundLoop', () => {
  it('goes on at once while there may be more, and ends in the middle of a rest', async () => {
    let left = 3;
    const { loop, done } = loopOf(() => Promise.resolve(--left > 0));
    loop.start();
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(3));
    await loop.stop();
    expect(done).toHaveBeenCalledTimes(3);
  });

  it('looks again after a rest', async () => {
    const { loop, done } = loopOf(() => Promise.resolve(false), { lookMs: 1 });
    loop.start();
    await vi.waitFor(() => expect(done.mock.calls.length).toBeGreaterThan(2));
    await loop.stop();
  });

  it('says what failed, and tries it again', async () => {
    let calls = 0;
    const { loop, said, done } = loopOf(() => (++calls === 1 ? Promise.reject(new Error('for the test')) : Promise.resolve(false)), {
      retryMs: 1,
    });
    loop.start();
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(2));
    await loop.stop();
    expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([expect.objectContaining({ msg: 'it failed', delay_ms: 1 })]);
  });

  it('says nothing of an error that its end brought about', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { loop, said } = loopOf(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    loop.start();
    const stopped = loop.stop();
    fail(new Error('cut off'));
    await stopped;
    expect(said).toEqual([]);
  });
});
