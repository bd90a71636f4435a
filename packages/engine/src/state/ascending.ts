/** What a map holds, by ascending number. Mostly it came in that order, and then it is taken as it is. */
export function ascending<T>(map: ReadonlyMap<number, T>): Iterable<readonly [number, T]> {
  let previous = Number.NEGATIVE_INFINITY;
  for (const key of map.keys()) {
    if (key < previous) return [...map].sort(([a], [b]) => a - b);
    previous = key;
  }
  return map;
}
