import { describe, expect, it } from 'vitest';
import type { FileEvent } from './jsonlItems.js';
import { LineOrder } from './lineOrder.js';

function at(line: number, occurredAt: number): FileEvent {
  return { line, occurredAt, start: line * 10, end: line * 10 + 9, text: '{}', where: `line ${line}` };
}

describe('the order of lines', () => {
  it('is that of time, then that of the file', () => {
    const order = new LineOrder();
    for (const [line, time] of [5, 3, 9, 3].entries()) order.add(at(line, time));
    expect(order.inOrder).toBe(false);
    expect([...order.places()]).toEqual([1, 3, 0, 2].map((line) => ({ line, start: line * 10, end: line * 10 + 9 })));
  });

  it('grows beyond what it begins with', () => {
    const order = new LineOrder();
    for (let line = 0; line < 10_000; line++) order.add(at(line, 10_000 - line));
    expect([...order.places()].map(({ line }) => line)).toEqual(Array.from({ length: 10_000 }, (_, index) => 9999 - index));
  });

  it('needs no memory for a file that is in order, however long', () => {
    const order = new LineOrder(3);
    for (let line = 0; line < 100; line++) order.add(at(line, Math.floor(line / 2)));
    expect(order).toMatchObject({ inOrder: true, count: 100 });
  });

  it('refuses a file that is neither in order nor small enough to be sorted, and says what to do', () => {
    const early = new LineOrder(3);
    for (const [line, time] of [1, 3, 2].entries()) early.add(at(line, time));
    expect(() => early.add(at(3, 9))).toThrow(
      expect.objectContaining({ code: 'unsorted_too_large', message: expect.stringContaining('Sort the file') as string }),
    );
    const late = new LineOrder(3);
    for (let line = 0; line < 10; line++) late.add(at(line, line));
    expect(() => late.add(at(10, 0))).toThrow(expect.objectContaining({ code: 'unsorted_too_large' }));
  });
});
