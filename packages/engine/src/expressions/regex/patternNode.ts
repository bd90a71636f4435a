import type { CharClass } from './charClass.js';

/** What has to be true between two characters. */
export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary';

export type PatternNode =
  | { op: 'class'; of: CharClass }
  | { op: 'assert'; that: Assertion }
  | { op: 'sequence'; parts: PatternNode[] }
  | { op: 'choice'; parts: PatternNode[] }
  /** `max` null: without end. */
  | { op: 'repeat'; part: PatternNode; min: number; max: number | null };

/** The pattern is not one of RE2. */
export class PatternSyntaxError extends Error {
  override readonly name = 'PatternSyntaxError';
  readonly code = 'pattern_syntax';
}
