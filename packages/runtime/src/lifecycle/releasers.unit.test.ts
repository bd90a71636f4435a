import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isRuntimeError } from '../errors.js';
import { Releasers } from './releasers.js';

describe('Releasers', () => {
  it('releases the last taken first', async () => {
    const releasers = new Releasers();
    const released: string[] = [];
    for (const name of ['database', 'nats', 'http']) {
      releasers.add(name, async () => {
        released.push(name);
      });
    }
    await releasers.releaseAll({ timeoutMs: 1_000 });
    expect(released).toEqual(['http', 'nats', 'database']);
  });

  it('names what fails and what hangs, and releases the rest all the same', async () => {
    const releasers = new Releasers();
    let databaseReleased = false;
    releasers.add('database', async () => {
      databaseReleased = true;
    });
    releasers.add('nats', () => Promise.reject(new Error('already gone')));
    releasers.add('http', () => new Promise<void>(() => undefined));
    const error: unknown = await releasers.releaseAll({ timeoutMs: 10 }).catch((caught: unknown) => caught);
    expect(isRuntimeError(error) && error.code).toBe('release_failed');
    expect(String(error)).toContain('http (took longer than 10 ms), nats (already gone)');
    expect(databaseReleased).toBe(true);
  });

  it('leaves little time to each once all together have had theirs, and releases the rest all the same', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const releasers = new Releasers();
    let databaseReleased = false;
    releasers.add('database', async () => {
      databaseReleased = true;
    });
    for (const name of ['nats', 'evaluator', 'http']) releasers.add(name, () => new Promise<void>(() => undefined));
    const releasing = releasers.releaseAll({ timeoutMs: 15_000, totalMs: 25_000 }).catch((caught: unknown) => caught);
    await vi.advanceTimersByTimeAsync(25_500);
    expect(String(await releasing)).toContain(
      'http (took longer than 15000 ms), evaluator (took longer than 10000 ms), nats (took longer than 500 ms)',
    );
    expect(databaseReleased).toBe(true);
  });

  it('releases once, however often it is asked to', async () => {
    const releasers = new Releasers();
    let releases = 0;
    releasers.add('http', async () => {
      releases++;
    });
    await Promise.all([releasers.releaseAll({ timeoutMs: 1_000 }), releasers.releaseAll({ timeoutMs: 1_000 })]);
    expect(releases).toBe(1);
  });
});
