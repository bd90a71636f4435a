/** The middle one, or the mean of the two in the middle. `sorted` is ascending and not empty. */
export function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The smallest value that nine tenths of the values do not exceed (nearest rank). `sorted` is ascending and not empty. */
export function p90Of(sorted: Float64Array): number {
  return sorted[Math.ceil((sorted.length * 9) / 10) - 1] ?? 0;
}
