/** Inclusive ranges of code points, one after the other: low, high, low, high … */
export type Ranges = readonly number[];

export const CODE_POINT_MAX = 0x10ffff;
const ASCII_MAX = 0x7f;

/** A set of code points, before anything is known of case. Where case does not matter, it is widened before it is turned round. */
export interface CharSet {
  ranges: Ranges;
  /** A Unicode property as ECMAScript writes it, such as `\p{Lu}`; empty for none. */
  property: string;
  /** All that is not in it is meant. */
  negated: boolean;
}

/** Which code points one place of a text may have. The answer for ASCII is looked up in a bitmap. */
export class CharClass {
  readonly #ascii = new Uint32Array(4);
  readonly #members: readonly Member[];
  readonly #negated: boolean;

  constructor(sets: readonly CharSet[], { negated, ignoresCase }: { negated: boolean; ignoresCase: boolean }) {
    this.#negated = negated;
    this.#members = sets.map((set) => ({
      ...set,
      host: ignoresCase || set.property !== '' ? hostClass(set, ignoresCase ? 'iu' : 'u') : null,
    }));
    for (let code = 0; code <= ASCII_MAX; code++)
      if (this.#find(code)) this.#ascii[code >> 5] = (this.#ascii[code >> 5] ?? 0) | (1 << (code & 31));
  }

  has(code: number): boolean {
    if (code <= ASCII_MAX) return (((this.#ascii[code >> 5] ?? 0) >>> (code & 31)) & 1) === 1;
    return this.#find(code);
  }

  #find(code: number): boolean {
    for (const { ranges, host, negated } of this.#members) {
      const found = host === null ? isInRanges(ranges, code) : host.test(String.fromCodePoint(code));
      if (found !== negated) return !this.#negated;
    }
    return this.#negated;
  }
}

interface Member extends CharSet {
  /** Matches one code point at a time, so that there is nothing to go back over; null where the ranges say all. */
  host: RegExp | null;
}

export function isInRanges(ranges: Ranges, code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (code >= (ranges[i] ?? 0) && code <= (ranges[i + 1] ?? 0)) return true;
  return false;
}

/** A general category or a script of Unicode, as ECMAScript writes it; null where there is none of that name. */
export function unicodeProperty(name: string): string | null {
  for (const property of [name, `Script=${name}`]) {
    const source = `\\p{${property}}`;
    if (isHostPattern(`^${source}$`)) return source;
  }
  return null;
}

function isHostPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').flags === 'u';
  } catch {
    return false;
  }
}

function hostClass({ ranges, property }: CharSet, flags: string): RegExp {
  let source = property;
  for (let i = 0; i < ranges.length; i += 2) source += `${escapedCode(ranges[i] ?? 0)}-${escapedCode(ranges[i + 1] ?? 0)}`;
  return new RegExp(`^[${source}]$`, flags);
}

function escapedCode(code: number): string {
  return `\\u{${code.toString(16)}}`;
}
