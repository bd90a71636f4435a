/** Draws 0 … count − 1, the n-th with a likelihood of 1 ÷ (n + 1): few are very busy, most are hardly ever there. */
export function zipf(count: number, random: () => number): () => number {
  const cumulated = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank++) cumulated[rank] = total += 1 / (rank + 1);
  return () => {
    const wanted = random() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulated[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
