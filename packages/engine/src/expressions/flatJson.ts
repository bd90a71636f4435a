import type { KnownText } from './knownText.js';

/** Fields of an object that are read here; what has more is rare, and parsed. */
const FIELDS_MAX = 32;
/** Whole numbers of so many digits are exact. */
const DIGITS_MAX = 15;

/** A name that the evaluator of CEL fails on, so it has to see it. */
const CONSTRUCTOR = 'constructor';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const CLOSE = 0x7d;
const SPACE = 0x20;

/** What a field holds: a constant, a number that was read, or the text between two places. */
type Kind = 'text' | 'number' | 'true' | 'false' | 'null';

/** What the type says, and no more: such a field is none that an expression can compare. */
export type FlatValue = string | number | boolean | undefined;

/**
 * Reads a JSON object in one pass and makes nothing of it but the fields that are asked for. It takes the plain form in
 * which properties are stored: no object or list in it, no white space, no escapes. All else is left to JSON.parse.
 */
export class FlatJson {
  #text = '';
  #isFlat = false;
  #count = 0;
  readonly #keyStarts = new Int32Array(FIELDS_MAX);
  readonly #keyLengths = new Int32Array(FIELDS_MAX);
  readonly #starts = new Int32Array(FIELDS_MAX);
  readonly #ends = new Int32Array(FIELDS_MAX);
  readonly #numbers = new Float64Array(FIELDS_MAX);
  readonly #kinds: Kind[] = new Array<Kind>(FIELDS_MAX).fill('null');

  /** Whether the text has the plain form. It is remembered until the next one. */
  read(text: string): boolean {
    if (this.#text !== text) {
      this.#text = text;
      this.#count = 0;
      this.#isFlat = text === '{}' || this.#readFields(text);
    }
    return this.#isFlat;
  }

  /** The value of a field; undefined where it is absent or null. */
  get(name: KnownText): FlatValue {
    // Of two fields of one name the last counts.
    for (let i = this.#count - 1; i >= 0; i--)
      if (this.#keyLengths[i] === name.length && name.isAt(this.#text, this.#keyStarts[i] ?? 0)) return this.#valueOf(i);
    return undefined;
  }

  #valueOf(field: number): FlatValue {
    switch (this.#kinds[field]) {
      case 'text':
        return this.#text.slice(this.#starts[field], this.#ends[field]);
      case 'number':
        return this.#numbers[field];
      case 'true':
        return true;
      case 'false':
        return false;
      default:
        return undefined;
    }
  }

  #readFields(text: string): boolean {
    if (text.charCodeAt(0) !== 0x7b) return false;
    let at = 1;
    for (let field = 0; field < FIELDS_MAX; field++) {
      const keyEnd = endOfText(text, at);
      if (keyEnd < 0 || text.charCodeAt(keyEnd + 1) !== COLON) return false;
      this.#keyStarts[field] = at + 1;
      this.#keyLengths[field] = keyEnd - at - 1;
      if (this.#keyLengths[field] === CONSTRUCTOR.length && text.startsWith(CONSTRUCTOR, at + 1)) return false;
      const end = this.#readValue(text, keyEnd + 2, field);
      if (end < 0) return false;
      this.#count = field + 1;
      const next = text.charCodeAt(end);
      if (next === CLOSE) return end + 1 === text.length;
      if (next !== COMMA) return false;
      at = end + 1;
    }
    return false;
  }

  /** The place behind the value; -1 where it is none of the plain ones. */
  #readValue(text: string, at: number, field: number): number {
    const first = text.charCodeAt(at);
    if (first === QUOTE) {
      const end = endOfText(text, at);
      this.#kinds[field] = 'text';
      this.#starts[field] = at + 1;
      this.#ends[field] = end;
      return end < 0 ? -1 : end + 1;
    }
    if (first === MINUS || (first >= ZERO && first <= NINE)) return this.#readNumber(text, at, field);
    for (const word of ['true', 'false', 'null'] as const)
      if (text.startsWith(word, at)) {
        this.#kinds[field] = word;
        return at + word.length;
      }
    return -1;
  }

  #readNumber(text: string, start: number, field: number): number {
    const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
    let at = first;
    let whole = 0;
    for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - ZERO) whole = whole * 10 + digit;
    const digits = at - first;
    if (digits === 0 || digits > DIGITS_MAX || (digits > 1 && text.charCodeAt(first) === ZERO)) return -1;
    this.#kinds[field] = 'number';
    if (text.charCodeAt(at) !== DOT) this.#numbers[field] = first > start ? -whole : whole;
    else {
      const fraction = at + 1;
      for (at = fraction; isDigit(text.charCodeAt(at)); ) at++;
      if (at === fraction) return -1;
      this.#numbers[field] = Number(text.slice(start, at));
    }
    // An exponent would follow here: neither a comma nor the end.
    return at;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** The place of the quote that ends the text that begins at a quote; -1 where it holds what has to be escaped, or does not end. */
function endOfText(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) return -1;
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Most are small letters, and no more is asked of those.
    if (code > BACKSLASH) continue;
    if (code === QUOTE) return at;
    if (code === BACKSLASH || code < SPACE) return -1;
  }
  return -1;
}
