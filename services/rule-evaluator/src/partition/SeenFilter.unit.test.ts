import { SeededRandom } from '@cairn/testing/random';
import { describe, expect, it } from 'vitest';
import { SeenFilter } from './SeenFilter.js';

const SALT = 5;

function hashes(random: SeededRandom, count: number): Buffer[] {
  return Array.from({ length: count }, () => Buffer.from(Array.from({ length: 16 }, () => random.below(256))));
}

describe('a filter of what was seen', () => {
  it('holds all that was added, however often it grew, and hardly anything else', () => {
    const random = new SeededRandom(7);
    const filter = new SeenFilter();
    const added = hashes(random, 5_000);
    for (const hash of added) filter.add(SALT, hash, 0);
    expect(filter.size).toBe(5_000);
    expect(added.every((hash) => filter.mayHold(SALT, hash, 0))).toBe(true);
    expect(hashes(random, 5_000).filter((hash) => filter.mayHold(SALT, hash, 0)).length).toBeLessThan(2);
    expect(added.filter((hash) => filter.mayHold(SALT + 1, hash, 0)).length).toBeLessThan(2);
  });

  it('tells hashes apart that differ in one byte, as UUIDs of one moment do', () => {
    const filter = new SeenFilter();
    const first = Buffer.alloc(16, 1);
    filter.add(SALT, first, 0);
    for (let byte = 0; byte < 16; byte++) {
      const other = Buffer.from(first);
      other[byte] = 2;
      expect(filter.mayHold(SALT, other, 0)).toBe(false);
    }
  });

  it('counts what is added again once', () => {
    const filter = new SeenFilter();
    for (let i = 0; i < 3; i++) filter.add(SALT, Buffer.alloc(16, 1), 0);
    expect(filter.size).toBe(1);
  });
});
