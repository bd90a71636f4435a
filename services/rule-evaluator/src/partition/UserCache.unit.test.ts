import { emptyState } from '@cairn/engine';
import { expect, it } from 'vitest';
import { MatchMemory } from './MatchMemory.js';
import { type CachedUser, heapBytesOf, UserCache } from './UserCache.js';

const SMALL = heapBytesOf(10);

function aUser(userKey: number, of: { neededByBatch?: number; heapBytes?: number } = {}): CachedUser {
  return {
    kind: 'user',
    tenantKey: 1,
    tenantId: 'default',
    userKey,
    userId: `u-${userKey}`,
    state: emptyState(),
    heapBytes: SMALL,
    unreadable: null,
    neededByBatch: 0,
    matches: new MatchMemory({ isFromTheBeginning: true }),
    recheckedAt: 0,
    ...of,
  };
}

function keysIn(cache: UserCache): number[] {
  return [1, 2, 3, 4].filter((key) => cache.peek(1, `u-${key}`) !== undefined);
}

function aCacheOf(users: readonly CachedUser[], heapBytesMax: number): UserCache {
  const cache = new UserCache({ heapBytesMax, matchesMax: 100 });
  for (const user of users) cache.set(user);
  return cache;
}

it('lets go of the least recently used, as many as it takes for the others to fit in', () => {
  const cache = aCacheOf([aUser(1), aUser(2), aUser(3), aUser(4)], 2 * SMALL);
  cache.get(1, 'u-1');
  cache.trim(0);
  expect(keysIn(cache)).toEqual([1, 4]);
});

it('counts a state as large as it was last encoded', () => {
  const grown = aUser(3);
  const cache = aCacheOf([aUser(1), aUser(2), grown], 3 * SMALL);
  cache.trim(0);
  expect(keysIn(cache)).toEqual([1, 2, 3]);
  cache.noteState(grown, new Uint8Array(20));
  cache.trim(0);
  expect(keysIn(cache)).toEqual([2, 3]);
});

it('gives back the room of whoever is dropped, replaced or forgotten with all others', () => {
  const cache = aCacheOf([aUser(1, { heapBytes: 10 * SMALL }), aUser(2, { heapBytes: 10 * SMALL })], 3 * SMALL);
  cache.drop([aUser(1)]);
  cache.set(aUser(2));
  cache.set(aUser(3));
  cache.set(aUser(4));
  cache.trim(0);
  expect(keysIn(cache)).toEqual([2, 3, 4]);
  cache.clear();
  cache.set(aUser(1, { heapBytes: 3 * SMALL }));
  cache.trim(0);
  expect(keysIn(cache)).toEqual([1]);
});

it('keeps whom a batch under way needs, however much that takes', () => {
  const cache = aCacheOf([aUser(1, { neededByBatch: 7 }), aUser(2, { neededByBatch: 7 })], SMALL);
  cache.trim(6);
  expect(keysIn(cache)).toEqual([1, 2]);
  cache.trim(7);
  expect(keysIn(cache)).toEqual([2]);
});
