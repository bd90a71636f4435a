import { expect, it } from 'vitest';
import { IdentityCache } from './IdentityCache.js';

const known = { payloadHash: Buffer.alloc(16), sequence: 1, index: 0 };

it('keeps at least the newest bound of identities and at most twice as many', () => {
  const cache = new IdentityCache(3);
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) cache.set(key, known);
  const kept = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].filter((key) => cache.get(key) !== undefined);
  expect(kept).toEqual(['d', 'e', 'f', 'g']);
});

it('forgets what a batch that was not committed put in', () => {
  const cache = new IdentityCache(2);
  cache.set('a', known);
  cache.set('b', known);
  cache.set('c', known);
  cache.delete(['a', 'c']);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, known, undefined]);
});
