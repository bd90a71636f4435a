import { expect, it } from 'vitest';
import { IdentityCache } from './IdentityCache.js';

const known = { payloadHash: Buffer.alloc(16) };

it('keeps at least the newest bound of identities', () => {
  const cache = new IdentityCache(3);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    cache.age();
    cache.set(key, known);
  }
  const kept = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].filter((key) => cache.get(key) !== undefined);
  expect(kept).toEqual(['d', 'e', 'f', 'g']);
});

it('keeps all of a batch, however large, until the one after the next', () => {
  const cache = new IdentityCache(2);
  const batch = Array.from({ length: 100 }, (_, i) => `key-${i}`);
  for (const key of batch) cache.set(key, known);
  expect(batch.every((key) => cache.get(key) !== undefined)).toBe(true);
  cache.age();
  for (const key of ['x', 'y', 'z']) cache.set(key, known);
  expect(batch.every((key) => cache.get(key) !== undefined)).toBe(true);
  cache.age();
  expect(batch.some((key) => cache.get(key) !== undefined)).toBe(false);
});

it('forgets what a batch that was not committed put in', () => {
  const cache = new IdentityCache(2);
  cache.set('a', known);
  cache.set('b', known);
  cache.age();
  cache.set('c', known);
  cache.delete(['a', 'c']);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, known, undefined]);
});
