import { describe, expect, it } from 'vitest';
import { int8Array, uuidArray } from './binaryArrays.js';

describe('what an array cannot hold is refused before it is sent', () => {
  it.each([2 ** 53, 0.5, Number.NaN, Infinity])('%d as an int8', (value) => {
    expect(() => int8Array([value])).toThrow(RangeError);
  });

  it.each([
    ['too short', Buffer.alloc(15)],
    ['too long', Buffer.alloc(17)],
    ['not hexadecimal', 'zzzzzzzz-0000-0000-0000-000000000000'],
  ])('a UUID that is %s', (_, value) => {
    expect(() => uuidArray([value])).toThrow(RangeError);
  });
});
