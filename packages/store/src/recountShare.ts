import type { RecountRow } from './hot/EvaluationBatch.js';

const utf8 = new TextEncoder();
const HASHES = 2 ** 32;

/**
 * Where a user stands in the order that recounts take users in, in [0, 1): murmur3's finish over FNV-1a, so that it has nothing to
 * do with the user's partition. Source: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
export function recountPlace(userId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8.encode(userId)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / HASHES;
}

/** Whether a recount may not have come to a user yet: slices are shares of that order, from its start on. */
export function isRecountPending({ slices, slicesDone }: Pick<RecountRow, 'slices' | 'slicesDone'>, userId: string): boolean {
  return slicesDone === 0 || recountPlace(userId) >= slicesDone / slices;
}
