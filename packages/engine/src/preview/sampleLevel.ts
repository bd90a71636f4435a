/**
 * How deep a sample of the users may become before it leaves this one out: 0 for half of them, 1 for a quarter, and so
 * on. It follows from the id alone, so that every preview leaves out the same ones.
 */
export function sampleLevelOf(userId: string): number {
  // FNV-1a, with the last steps of MurmurHash3 so that the leading bits depend on all of the id.
  let hash = 0x811c9dc5;
  for (let i = 0; i < userId.length; i++) hash = Math.imul(hash ^ userId.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.clz32(hash ^ (hash >>> 16));
}
