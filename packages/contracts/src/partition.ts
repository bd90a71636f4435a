const utf8 = new TextEncoder();

/** How many partitions an install has unless it was made with another number. It is fixed for the life of the log. */
export const PARTITIONS_DEFAULT = 8;

/**
 * The partition of a user: FNV-1a (32 bit) over the UTF-8 of tenant and user, so that all that concerns one user has one order.
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function partitionOf(tenantId: string, userId: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8.encode(`${tenantId}\u0000${userId}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  // The low bits of FNV-1a are its weak ones: fold the high half in.
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
}
