import { describe, expect, it } from 'vitest';
import { CoalescedRead } from './CoalescedRead.js';

describe('coalesced reads', () => {
  it('share one that begins after they were asked for, and none that began before', async () => {
    const ends: ((fail?: Error) => void)[] = [];
    let begun = 0;
    const read = new CoalescedRead(() => {
      const number = ++begun;
      return new Promise<number>((resolve, reject) => ends.push((fail) => (fail === undefined ? resolve(number) : reject(fail))));
    });
    const first = read.get();
    const second = read.get();
    const third = read.get();
    expect(begun).toBe(1);
    ends[0]?.();
    expect(await first).toBe(1);
    await Promise.resolve();
    expect(begun).toBe(2);
    const fourth = read.get();
    ends[1]?.(new Error('the server is away'));
    await expect(second).rejects.toThrow('away');
    await expect(third).rejects.toThrow('away');
    await Promise.resolve();
    expect(begun).toBe(3);
    ends[2]?.();
    expect(await fourth).toBe(3);
    const fifth = read.get();
    ends[3]?.();
    expect(await fifth).toBe(4);
  });
});
