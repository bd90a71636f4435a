/** Edits that a name may be away from what was probably meant; short names bear fewer. */
const EDITS_MAX = 3;
/** A shorter beginning says too little. */
const PREFIX_CHARS_MIN = 3;
/** Longer names are not compared: nobody mistypes that much. */
const NAME_CHARS_MAX = 128;

/** The name that was probably meant by one that does not exist; null where none is near. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  if (name.length > NAME_CHARS_MAX) return null;
  let best: string | null = null;
  let least = Math.min(EDITS_MAX, Math.ceil(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = editsBetween(candidate, name);
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best ?? beginningWith(name, known);
}

/** `mac` means `macos`, and `thresholds` means `threshold`. */
function beginningWith(name: string, known: Iterable<string>): string | null {
  // However short: `xp` means `xp_reward`.
  for (const candidate of known) if (name !== '' && candidate.startsWith(`${name}_`)) return candidate;
  if (name.length < PREFIX_CHARS_MIN) return null;
  for (const candidate of known)
    if (candidate.startsWith(name) || (candidate.length >= PREFIX_CHARS_MIN && name.startsWith(candidate))) return candidate;
  return null;
}

/** `; did you mean x?`, else what there is. */
export function insteadOf(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? `; known here: ${known.join(', ')}` : `; did you mean ${nearest}?`;
}

/** Letters added, left out, replaced, or swapped with the next one. Upper and lower case differ by less than an edit. */
function editsBetween(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  let before: number[] = [];
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (x[i - 1] === y[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1];
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return (row[y.length] ?? 0) + (a === b || x !== y ? 0 : 0.5);
}
