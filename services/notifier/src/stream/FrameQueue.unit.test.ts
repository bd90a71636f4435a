import { describe, expect, it } from 'vitest';
import { FrameQueue } from './FrameQueue.js';

function drain(queue: FrameQueue): string {
  let all = '';
  for (let chunk = queue.takeChunk(); chunk !== ''; chunk = queue.takeChunk()) all += chunk;
  return all;
}

describe('the queue of a reader', () => {
  it('gives frames back in order, and takes no more than its bound', () => {
    const queue = new FrameQueue(3);
    expect([1, 2, 3, 4].map((n) => queue.push(`${n};`))).toEqual([true, true, true, false]);
    expect(queue.length).toBe(3);
    expect(drain(queue)).toBe('1;2;3;');
    expect(queue.push('5;')).toBe(true);
    expect(drain(queue)).toBe('5;');
  });

  it('keeps the newest under a key, in the place of the oldest, and no more keyed ones than half', () => {
    const queue = new FrameQueue(4);
    expect(queue.pushLatest('a', 'a1;')).toBe(true);
    queue.push('u;');
    expect(queue.pushLatest('a', 'a2;')).toBe(true);
    expect(queue.pushLatest('b', 'b1;')).toBe(false);
    expect(queue.length).toBe(2);
    expect(drain(queue)).toBe('a2;u;');
    expect(queue.pushLatest('a', 'a3;')).toBe(true);
    expect(drain(queue)).toBe('a3;');
  });

  it('hands out large frames in several chunks without losing one', () => {
    const queue = new FrameQueue(20);
    const frames = Array.from({ length: 20 }, (_, i) => `${i}${'x'.repeat(30_000)}\n`);
    for (const frame of frames.slice(0, 10)) queue.push(frame);
    let taken = queue.takeChunk();
    expect(taken.length).toBeLessThan(70_000);
    for (const frame of frames.slice(10)) queue.push(frame);
    expect(queue.length).toBeGreaterThan(10);
    taken += drain(queue);
    expect(taken).toBe(frames.join(''));
  });
});
