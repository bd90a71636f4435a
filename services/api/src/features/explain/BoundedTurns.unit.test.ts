import { describe, expect, it } from 'vitest';
import { BoundedTurns } from './BoundedTurns.js';

describe('bounded turns', () => {
  it('let some work, some wait and refuse the rest, and go on after a failure', async () => {
    const turns = new BoundedTurns({ atOnceMax: 2, waitingMax: 1 });
    const ends: (() => void)[] = [];
    const endNext = async () => {
      while (ends.length === 0) await Promise.resolve();
      ends.shift()?.();
    };
    const work = (name: string) => turns.run(() => new Promise<string>((resolve) => ends.push(() => resolve(name))));
    const failing = turns.run(() => Promise.reject(new Error('no')));
    const first = work('first');
    const waiting = work('waiting');
    await expect(work('refused')).rejects.toMatchObject({ code: 'overloaded' });
    await expect(failing).rejects.toThrow('no');
    await endNext();
    expect(await first).toBe('first');
    await endNext();
    expect(await waiting).toBe('waiting');
    const later = work('later');
    await endNext();
    expect(await later).toBe('later');
  });
});
