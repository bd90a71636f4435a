import { PATTERN_CHARS_MAX, PATTERN_INSTRUCTIONS_MAX, PATTERNS_KEPT_MAX } from './limits.js';
import { PatternMatcher } from './regex/patternMatcher.js';
import { PatternSyntaxError } from './regex/patternNode.js';

const matchers = new Map<string, PatternMatcher>();

/** What is wrong with a pattern; null where it can be used. */
export function problemOfPattern(pattern: string): string | null {
  if (pattern.length > PATTERN_CHARS_MAX) return `is longer than ${String(PATTERN_CHARS_MAX)} characters`;
  try {
    return matcherOf(pattern).size > PATTERN_INSTRUCTIONS_MAX ? 'repeats too much: make its counts smaller' : null;
  } catch (error) {
    if (error instanceof PatternSyntaxError) return `is not a regular expression of RE2 (${error.message})`;
    throw error;
  }
}

/** The instructions that each character of the input may have to be held against. */
export function sizeOfPattern(pattern: string): number {
  return matcherOf(pattern).size;
}

/** Whether a pattern is found anywhere in a text, in time linear in the text. */
export function rematch(text: string, pattern: string): boolean {
  return matcherOf(pattern).find(text);
}

function matcherOf(pattern: string): PatternMatcher {
  const known = matchers.get(pattern);
  if (known !== undefined) return known;
  const fresh = new PatternMatcher(pattern);
  if (matchers.size >= PATTERNS_KEPT_MAX)
    for (const oldest of matchers.keys()) {
      matchers.delete(oldest);
      break;
    }
  matchers.set(pattern, fresh);
  return fresh;
}
