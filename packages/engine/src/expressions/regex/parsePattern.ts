import { CharClass, type CharSet, CODE_POINT_MAX, type Ranges, unicodeProperty } from './charClass.js';
import { PERL_CLASSES, POSIX_CLASSES } from './namedClasses.js';
import { type PatternNode, PatternSyntaxError } from './patternNode.js';

/** Times that a part may be repeated, those of repeats inside one another multiplied; RE2 has the same bound. */
const REPEATS_MAX = 1_000;

interface Flags {
  ignoresCase: boolean;
  multiline: boolean;
  dotMatchesLine: boolean;
}

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/**
 * Reads a pattern in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), without what tells groups apart: it
 * only matters whether a text matches. Patterns are short, which bounds how deep this goes.
 *
 * @throws PatternSyntaxError
 */
export function parsePattern(pattern: string): PatternNode {
  return new PatternParser(pattern).parse();
}

class PatternParser {
  readonly #chars: readonly string[];
  readonly #names = new Set<string>();
  #at = 0;
  #flags: Flags = { ignoresCase: false, multiline: false, dotMatchesLine: false };

  constructor(pattern: string) {
    this.#chars = [...pattern];
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#chars.length) throw new PatternSyntaxError('unexpected )');
    return node;
  }

  get #next(): string {
    return this.#chars[this.#at] ?? '';
  }

  #take(): string {
    const char = this.#next;
    this.#at += 1;
    return char;
  }

  #takes(text: string): boolean {
    const length = [...text].length;
    if (this.#chars.slice(this.#at, this.#at + length).join('') !== text) return false;
    this.#at += length;
    return true;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#takes('|')) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { op: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    let repeated = false;
    while (this.#at < this.#chars.length && this.#next !== '|' && this.#next !== ')') {
      const times = this.#times();
      if (times === null) {
        repeated = false;
        this.#atom(parts);
        continue;
      }
      const part = parts.pop();
      if (part === undefined) throw new PatternSyntaxError('there is nothing to repeat');
      if (repeated) throw new PatternSyntaxError('a repetition is repeated');
      // Lazy or not, the same texts match.
      this.#takes('?');
      repeated = true;
      parts.push(repeat(part, times));
    }
    return { op: 'sequence', parts };
  }

  #times(): { min: number; max: number | null } | null {
    if (this.#takes('*')) return { min: 0, max: null };
    if (this.#takes('+')) return { min: 1, max: null };
    if (this.#takes('?')) return { min: 0, max: 1 };
    if (this.#next !== '{') return null;
    const written = /^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(this.#chars.slice(this.#at).join(''));
    // A brace that is no repetition stands for itself.
    if (written === null) return null;
    this.#at += written[0].length;
    const min = Number(written[1]);
    const max = written[2] === undefined ? min : written[3] === undefined ? null : Number(written[3]);
    if (min > REPEATS_MAX || (max ?? 0) > REPEATS_MAX || (max !== null && max < min))
      throw new PatternSyntaxError(`${written[0]} is no number of times`);
    return { min, max };
  }

  #atom(parts: PatternNode[]): void {
    const char = this.#take();
    switch (char) {
      case '(':
        return this.#group(parts);
      case '[':
        parts.push(this.#brackets());
        return;
      case '.':
        parts.push({ op: 'class', of: this.#flags.dotMatchesLine ? ANY : ANY_IN_LINE });
        return;
      case '^':
        parts.push({ op: 'assert', that: this.#flags.multiline ? 'line-start' : 'text-start' });
        return;
      case '$':
        parts.push({ op: 'assert', that: this.#flags.multiline ? 'line-end' : 'text-end' });
        return;
      case '\\':
        return this.#escape(parts);
      default:
        parts.push(this.#literal(char));
    }
  }

  #literal(char: string): PatternNode {
    const code = char.codePointAt(0) ?? 0;
    return this.#classNode([these([code, code])], { negated: false });
  }

  #classNode(sets: readonly CharSet[], { negated }: { negated: boolean }): PatternNode {
    return { op: 'class', of: new CharClass(sets, { negated, ignoresCase: this.#flags.ignoresCase }) };
  }

  #group(parts: PatternNode[]): void {
    const outer = this.#flags;
    if (this.#takes('?')) {
      if (!this.#takes('P<') && !this.#takes('<')) {
        // Flags without a part of their own hold to the end of the group that they stand in.
        if (this.#groupFlags() === ')') return;
      } else this.#groupName();
    }
    parts.push(this.#choice());
    if (!this.#takes(')')) throw new PatternSyntaxError('a ) is missing');
    this.#flags = outer;
  }

  #groupName(): void {
    let name = '';
    while (this.#at < this.#chars.length && this.#next !== '>') name += this.#take();
    if (!this.#takes('>') || !/^\w+$/.test(name) || this.#names.has(name))
      throw new PatternSyntaxError('the name of a group is missing, odd or taken');
    this.#names.add(name);
  }

  /** The character behind the flags: `)` or `:`. */
  #groupFlags(): string {
    const flags = { ...this.#flags };
    let on = true;
    let named = true;
    for (;;) {
      const char = this.#take();
      if ((char === ')' || char === ':') && named) {
        this.#flags = flags;
        return char;
      }
      if (char === 'i') flags.ignoresCase = on;
      else if (char === 'm') flags.multiline = on;
      else if (char === 's') flags.dotMatchesLine = on;
      else if (char !== 'U' && !(char === '-' && on)) throw new PatternSyntaxError('(? is followed by what is no flag: i, m, s or U');
      // A minus says nothing without a flag behind it.
      named = char !== '-';
      if (!named) on = false;
    }
  }

  #escape(parts: PatternNode[]): void {
    if (this.#takes('Q')) {
      while (this.#at < this.#chars.length && !this.#takes('\\E')) parts.push(this.#literal(this.#take()));
      return;
    }
    if (this.#takes('A')) parts.push({ op: 'assert', that: 'text-start' });
    else if (this.#takes('z')) parts.push({ op: 'assert', that: 'text-end' });
    else if (this.#takes('b')) parts.push({ op: 'assert', that: 'word-boundary' });
    else if (this.#takes('B')) parts.push({ op: 'assert', that: 'no-word-boundary' });
    else {
      const code = (): Ranges => Array<number>(2).fill(this.#escapedChar());
      parts.push(this.#classNode([this.#escapedSet() ?? these(code())], { negated: false }));
    }
  }

  /** `\d`, `\pL` and the like, behind the backslash; null where there is none. */
  #escapedSet(): CharSet | null {
    const letter = this.#next;
    const perl = PERL_CLASSES.get(letter) ?? PERL_CLASSES.get(letter.toLowerCase());
    if (perl !== undefined) {
      this.#at += 1;
      return { ranges: perl, property: '', negated: !PERL_CLASSES.has(letter) };
    }
    if (letter !== 'p' && letter !== 'P') return null;
    let negated = this.#take() === 'P';
    let name = this.#take();
    if (name === '{') {
      name = '';
      if (this.#takes('^')) negated = !negated;
      while (this.#at < this.#chars.length && this.#next !== '}') name += this.#take();
      if (!this.#takes('}')) throw new PatternSyntaxError('a } is missing');
    }
    const property = /^\w+$/.test(name) ? unicodeProperty(name) : null;
    if (property === null) throw new PatternSyntaxError(`there is no category or script ${name}`);
    return { ranges: [], property, negated };
  }

  /** The code point that an escape stands for, behind the backslash. */
  #escapedChar(): number {
    const char = this.#take();
    const control = CONTROLS.get(char);
    if (control !== undefined) return control;
    if (char === 'x') return this.#hexadecimal();
    if (/^[1-7]$/.test(char) && !/^[0-7]$/.test(this.#next)) throw new PatternSyntaxError('there are no references to groups');
    if (/^[0-7]$/.test(char)) {
      let octal = char;
      while (octal.length < 3 && /^[0-7]$/.test(this.#next)) octal += this.#take();
      return parseInt(octal, 8);
    }
    if (!/^[!-/:-@[-`{-~ \0-\x1f\x7f]$/.test(char)) throw new PatternSyntaxError(`there is no \\${char}`);
    return char.charCodeAt(0);
  }

  #hexadecimal(): number {
    const rest = this.#chars.slice(this.#at).join('');
    const written = /^([0-9a-fA-F]{2})|^\{([0-9a-fA-F]+)\}/.exec(rest);
    const code = written === null ? Number.NaN : parseInt(written[1] ?? written[2] ?? '', 16);
    if (written === null || !(code <= CODE_POINT_MAX)) throw new PatternSyntaxError('\\x is followed by two digits, or by some in braces');
    this.#at += written[0].length;
    return code;
  }

  #brackets(): PatternNode {
    const sets: CharSet[] = [];
    const ranges: number[] = [];
    const negated = this.#takes('^');
    for (let first = true; first || this.#next !== ']'; first = false) {
      if (this.#at >= this.#chars.length) throw new PatternSyntaxError('a ] is missing');
      const set = this.#memberSet();
      if (set === null) ranges.push(...this.#memberRange());
      else sets.push(set);
    }
    this.#at += 1;
    return this.#classNode([these(ranges), ...sets], { negated });
  }

  /** `[:alpha:]`, `\d` and the like; null where a single character comes. */
  #memberSet(): CharSet | null {
    const posix = /^\[:(\^?)([^:\]]*):\]/.exec(this.#chars.slice(this.#at).join(''));
    if (posix !== null) {
      const ranges = POSIX_CLASSES.get(posix[2] ?? '');
      if (ranges === undefined) throw new PatternSyntaxError(`there is no class ${posix[0]}`);
      this.#at += posix[0].length;
      return { ranges, property: '', negated: posix[1] === '^' };
    }
    if (!this.#takes('\\')) return null;
    const escaped = this.#escapedSet();
    if (escaped === null) this.#at -= 1;
    return escaped;
  }

  #memberRange(): Ranges {
    const low = this.#memberChar();
    const isRange = this.#next === '-' && this.#chars[this.#at + 1] !== ']' && this.#at + 1 < this.#chars.length;
    if (isRange) this.#at += 1;
    const high = isRange ? this.#memberChar() : low;
    if (high < low) throw new PatternSyntaxError('a range ends before it begins');
    return [low, high];
  }

  #memberChar(): number {
    if (this.#at >= this.#chars.length) throw new PatternSyntaxError('a ] is missing');
    const char = this.#take();
    return char === '\\' ? this.#escapedChar() : (char.codePointAt(0) ?? 0);
  }
}

const NEWLINE = 10;
const ANY = new CharClass([these([0, CODE_POINT_MAX])], { negated: false, ignoresCase: false });
const ANY_IN_LINE = new CharClass([these([NEWLINE, NEWLINE])], { negated: true, ignoresCase: false });

function these(ranges: Ranges): CharSet {
  return { ranges, property: '', negated: false };
}

function repeat(part: PatternNode, { min, max }: { min: number; max: number | null }): PatternNode {
  const node: PatternNode = { op: 'repeat', part, min, max };
  if ((min >= 2 || (max ?? 0) >= 2) && timesIn(node) > REPEATS_MAX) throw new PatternSyntaxError('repeats too often');
  return node;
}

/** How often what is inside is written out at most. */
function timesIn(node: PatternNode): number {
  switch (node.op) {
    case 'repeat':
      return node.max === 0 ? 1 : Math.max(node.max ?? node.min, 1) * timesIn(node.part);
    case 'sequence':
    case 'choice':
      return Math.max(1, ...node.parts.map(timesIn));
    default:
      return 1;
  }
}
