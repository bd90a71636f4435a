/** The key in the place of a user's, of an event of which nobody knows any more whose it was: it tells the partition. */
export function nobodyOf(partition: number): number {
  return -1 - partition;
}

/** The partition that such a key tells; null for that of a user. */
export function partitionOfNobody(userKey: number): number | null {
  return userKey < 0 ? -1 - userKey : null;
}
