import type { Scalar } from 'yaml';

/**
 * Where in the file a character of a text stands. Quotes, escapes, folded lines and the indentation of blocks stand in the file and
 * not in the text, so both are gone through together, and what is in the file alone is passed over.
 */
export function offsetOfCharacter(source: string, { value, range, type }: Scalar, character: number): number {
  const start = range?.[0] ?? 0;
  if (typeof value !== 'string' || range === undefined || range === null) return start;
  let at = type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL' ? source.indexOf('\n', start) + 1 : start;
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') at += 1;
  for (let i = 0; i < Math.min(character, value.length); i++) {
    const next = positionOf(value[i] ?? '', source, { from: at, end: range[1] });
    at = next + 1;
  }
  // The indentation of the next line belongs to the file.
  const sought = value[character];
  return sought === undefined ? Math.min(at, range[1]) : positionOf(sought, source, { from: at, end: range[1] });
}

/** A folded line break is a space in the text. */
function positionOf(character: string, source: string, { from, end }: { from: number; end: number }): number {
  for (let at = from; at < end; at++) {
    const found = source[at];
    if (found === character || (character === ' ' && found === '\n') || (character === '\n' && found === '\\')) return at;
  }
  return Math.min(from, end);
}
