const utf8 = new TextEncoder();
const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const ASCII_MAX = 0x7f;
/** No name contains it. */
const SEPARATOR = '\u0000';

/** How many partitions an install has unless it was made with another number. It is fixed for the life of the log. */
export const PARTITIONS_DEFAULT = 8;

/**
 * The partition of a user: FNV-1a (32 bit) over the UTF-8 of tenant and user, so that all that concerns one user has one order.
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function partitionOf(tenantId: string, userId: string, partitions: number): number {
  const hash = hashUtf8(userId, hashUtf8(SEPARATOR, hashUtf8(tenantId, FNV_OFFSET_BASIS)));
  // The low bits of FNV-1a are its weak ones: fold the high half in.
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
}

/** Goes on from the hash of what came before. */
function hashUtf8(text: string, before: number): number {
  let hash = before;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A character of ASCII is its own UTF-8.
    if (code > ASCII_MAX) return hashBytes(utf8.encode(text), before);
    hash = Math.imul(hash ^ code, FNV_PRIME);
  }
  return hash;
}

function hashBytes(bytes: Uint8Array, before: number): number {
  let hash = before;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash;
}
