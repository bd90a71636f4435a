import { RE2JS } from 're2js';
import { PATTERN_CHARS_MAX, PATTERN_INSTRUCTIONS_MAX, PATTERNS_KEPT_MAX } from './limits.js';

const compiled = new Map<string, RE2JS>();

/** What is wrong with a pattern; null where it can be used. */
export function problemOfPattern(pattern: string): string | null {
  if (pattern.length > PATTERN_CHARS_MAX) return `is longer than ${String(PATTERN_CHARS_MAX)} characters`;
  try {
    const size = compilePattern(pattern).programSize();
    return size > PATTERN_INSTRUCTIONS_MAX ? 'repeats too much: make its counts smaller' : null;
  } catch (error) {
    return `is not a regular expression of RE2 (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** The instructions that each character of the input may have to be held against. */
export function sizeOfPattern(pattern: string): number {
  return compilePattern(pattern).programSize();
}

/** Whether a pattern is found anywhere in a text, in time linear in the text. */
export function rematch(text: string, pattern: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const fresh = RE2JS.compile(pattern);
  if (compiled.size >= PATTERNS_KEPT_MAX)
    for (const oldest of compiled.keys()) {
      compiled.delete(oldest);
      break;
    }
  compiled.set(pattern, fresh);
  return fresh;
}
