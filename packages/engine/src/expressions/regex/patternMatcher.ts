import { isInRanges } from './charClass.js';
import { compilePattern, type Instruction, type Program } from './compilePattern.js';
import { PERL_CLASSES } from './namedClasses.js';
import type { Assertion } from './patternNode.js';

const NEWLINE = 10;
/** Stands before and behind a text, where there is no character. */
const NONE = -1;
const WORD = PERL_CLASSES.get('w') ?? [];

/**
 * Finds a pattern in texts in time linear in the text, whatever the pattern: all ways to match are followed at once,
 * step by step, so none is ever gone back over.
 */
export class PatternMatcher {
  readonly #program: Program;
  /** The places that the machine is in, and those that it comes to with the next character. */
  #current: number[] = [];
  #following: number[] = [];
  /** The step at which a place was last come to. */
  readonly #seen: Int32Array;
  readonly #pending: number[] = [];

  /** @throws PatternSyntaxError */
  constructor(pattern: string) {
    this.#program = compilePattern(pattern);
    this.#seen = new Int32Array(this.#program.instructions.length);
  }

  /** What each character may have to be held against. */
  get size(): number {
    return this.#program.instructions.length;
  }

  /** Whether the pattern matches anywhere. */
  find(text: string): boolean {
    const { instructions, start } = this.#program;
    this.#seen.fill(NONE);
    this.#current.length = 0;
    let before = NONE;
    for (let at = 0; at <= text.length; ) {
      const code = text.codePointAt(at) ?? NONE;
      if (this.#enter(start, at, { before, after: code })) return true;
      if (code === NONE) return false;
      const next = at + (code > 0xffff ? 2 : 1);
      const after = text.codePointAt(next) ?? NONE;
      if (this.#step(instructions, { code, next, after })) return true;
      at = next;
      before = code;
    }
    return false;
  }

  /** Takes one character from every place; whether that is a match. */
  #step(instructions: readonly Instruction[], { code, next, after }: { code: number; next: number; after: number }): boolean {
    const places = this.#current;
    this.#current = this.#following;
    this.#current.length = 0;
    this.#following = places;
    for (const place of places) {
      const instruction = instructions[place];
      if (instruction?.op === 'class' && instruction.of.has(code) && this.#enter(instruction.to, next, { before: code, after }))
        return true;
    }
    return false;
  }

  /** Comes to a place, and to all that can be come to from there without a character; whether that is a match. */
  #enter(place: number, at: number, around: { before: number; after: number }): boolean {
    const { instructions } = this.#program;
    this.#pending.length = 0;
    this.#pending.push(place);
    for (let entered = this.#pending.pop(); entered !== undefined; entered = this.#pending.pop()) {
      if (this.#seen[entered] === at) continue;
      this.#seen[entered] = at;
      const instruction = instructions[entered];
      if (instruction === undefined || instruction.op === 'match') return true;
      if (instruction.op === 'class') this.#current.push(entered);
      else if (instruction.op === 'split') this.#pending.push(...instruction.to);
      else if (holds(instruction.that, around)) this.#pending.push(instruction.to);
    }
    return false;
  }
}

function holds(assertion: Assertion, { before, after }: { before: number; after: number }): boolean {
  switch (assertion) {
    case 'text-start':
      return before === NONE;
    case 'text-end':
      return after === NONE;
    case 'line-start':
      return before === NONE || before === NEWLINE;
    case 'line-end':
      return after === NONE || after === NEWLINE;
    case 'word-boundary':
      return isInRanges(WORD, before) !== isInRanges(WORD, after);
    case 'no-word-boundary':
      return isInRanges(WORD, before) === isInRanges(WORD, after);
  }
}
