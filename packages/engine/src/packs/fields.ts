import type { Issue } from '../result.js';
import { insteadOf, nearestName } from './nearestName.js';

/** Longest of any text in a pack, in characters. */
const TEXT_CHARS_MAX = 2_000;

/** Half of a pair of UTF-16: no character, and nothing that UTF-8 can hold. */
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Reads the fields of one object of a pack and notes what is wrong with each, so that an author sees all issues at
 * once. Every reader gives a usable value even where it noted an issue: the pack is thrown away in the end.
 */
export class Fields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  constructor(
    input: unknown,
    readonly path: string,
    readonly issues: Issue[],
  ) {
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    if (!isObject) this.#note(path, 'not_an_object', `has to be an object with named fields, but is ${nameOf(input)}`);
    this.#object = isObject ? (input as Record<string, unknown>) : {};
  }

  has(key: string): boolean {
    const value = this.#get(key);
    return value !== undefined && value !== null;
  }

  note(key: string, code: string, message: string): void {
    this.#note(this.at(key), code, message);
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  raw(key: string): unknown {
    return this.#get(key);
  }

  text(key: string, options: { default?: string; pattern?: RegExp; says?: string } = {}): string {
    const value = this.#get(key);
    if (value === undefined || value === null) return this.#missing(key, options.default, 'a text') ?? '';
    if (typeof value !== 'string') return this.#wrong(key, `has to be a text, but is ${nameOf(value)}`, '');
    if (value.trim() === '') return this.#wrong(key, 'is empty', '');
    if (value.length > TEXT_CHARS_MAX) return this.#wrong(key, `is longer than ${String(TEXT_CHARS_MAX)} characters`, '');
    // PostgreSQL keeps neither: a version with such a text could not take effect.
    if (value.includes('\0') || LONE_SURROGATE.test(value))
      return this.#wrong(key, 'holds U+0000 or half of a surrogate pair, which cannot be stored: take it out', '');
    if (options.pattern !== undefined && !options.pattern.test(value))
      return this.#wrong(key, `"${value}" ${options.says ?? 'has the wrong form'}`, value);
    return value;
  }

  textOrNull(key: string, options: { pattern?: RegExp; says?: string } = {}): string | null {
    return this.has(key) ? this.text(key, options) : this.#seen(key, null);
  }

  flag(key: string, options: { default: boolean }): boolean {
    const value = this.#get(key);
    const fallback = options.default;
    if (value === undefined || value === null) return fallback;
    return typeof value === 'boolean' ? value : this.#wrong(key, `has to be true or false, but is ${nameOf(value)}`, fallback);
  }

  number(key: string, options: { default?: number; min?: number; max?: number; integer?: boolean } = {}): number {
    const value = this.#get(key);
    const kind = options.integer === true ? 'an integer' : 'a number';
    if (value === undefined || value === null) return this.#missing(key, options.default, kind) ?? 1;
    const fits = typeof value === 'number' && Number.isFinite(value) && (options.integer !== true || Number.isSafeInteger(value));
    if (!fits) return this.#wrong(key, `has to be ${kind}, but is ${nameOf(value)}`, 1);
    if (options.min !== undefined && value < options.min)
      return this.#wrong(key, `has to be at least ${String(options.min)}, but is ${String(value)}`, value);
    if (options.max !== undefined && value > options.max)
      return this.#wrong(key, `has to be at most ${String(options.max)}, but is ${String(value)}`, value);
    return value + 0;
  }

  choice<T extends string>(key: string, options: { of: readonly T[]; default?: T }): T {
    const value = this.#get(key);
    const fallback = options.default ?? options.of[0];
    if (fallback === undefined) throw new Error('a choice needs something to choose from');
    if (value === undefined || value === null) return this.#missing(key, options.default, `one of ${options.of.join(', ')}`) ?? fallback;
    const chosen = options.of.find((candidate) => candidate === value);
    if (chosen !== undefined) return chosen;
    const nearest = typeof value === 'string' ? nearestName(value, options.of) : null;
    const meant = nearest === null ? '' : `; did you mean ${nearest}?`;
    return this.#wrong(key, `has to be one of ${options.of.join(', ')}, but is ${nameOf(value)}${meant}`, fallback);
  }

  /** A list, each element read by `read`; an absent one is empty. */
  list<T>(key: string, options: { max: number; read: (element: unknown, path: string) => T }): T[] {
    const value = this.#get(key);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return this.#wrong(key, `has to be a list, but is ${nameOf(value)}`, []);
    if (value.length > options.max) return this.#wrong(key, `has more than ${String(options.max)} elements`, []);
    return value.map((element, index) => options.read(element, `${this.at(key)}[${String(index)}]`));
  }

  /** Notes every field that nothing asked for. */
  finish(): void {
    for (const key of Object.keys(this.#object)) {
      if (this.#known.has(key)) continue;
      this.note(key, 'unknown_field', `there is no field ${key}${insteadOf(key, [...this.#known])}`);
    }
  }

  #get(key: string): unknown {
    this.#known.add(key);
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  #seen<T>(key: string, value: T): T {
    this.#known.add(key);
    return value;
  }

  #missing<T>(key: string, fallback: T | undefined, what: string): T | undefined {
    if (fallback === undefined) this.note(key, 'missing_field', `is missing: give ${what}`);
    return fallback;
  }

  #wrong<T>(key: string, message: string, value: T): T {
    this.note(key, 'invalid_field', message);
    return value;
  }

  #note(path: string, code: string, message: string): void {
    this.issues.push({ path, code, message });
  }
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text "${value.slice(0, 40)}"`;
  if (typeof value === 'number') return `the number ${String(value)}`;
  return typeof value === 'boolean' ? String(value) : 'an object';
}
