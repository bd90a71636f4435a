import { describe, expect, it } from 'vitest';
import { int4Array, int8Array, timestamptzArray, uuidArray } from './binaryArrays.js';

describe('what an array cannot hold is refused before it is sent', () => {
  it.each([2 ** 53, 0.5, Number.NaN, Infinity])('%d as an int8', (value) => {
    expect(() => int8Array([value])).toThrow(RangeError);
  });

  it.each([2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN])('%d as an int4', (value) => {
    expect(() => int4Array([value])).toThrow(RangeError);
  });

  it.each([Number.NaN, 0.5, Infinity])('%d as an instant', (value) => {
    expect(() => timestamptzArray([value])).toThrow(RangeError);
  });

  it.each([
    ['too short', Buffer.alloc(15)],
    ['too long', Buffer.alloc(17)],
    ['not hexadecimal', 'zzzzzzzz-0000-0000-0000-000000000000'],
  ])('a UUID that is %s', (_, value) => {
    expect(() => uuidArray([value])).toThrow(RangeError);
  });
});
