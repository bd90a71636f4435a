import { TextMemory } from './TextMemory.js';

const ASCII_MAX = 0x7f;
/** Below it a byte of a varint can be shifted in 32 bits. */
const SHIFTED_BITS_MAX = 28;
/** Of a varint of 64 bits. */
const VARINT_BYTES_MAX = 10;

const names = new TextMemory();

/**
 * Reads the binary encoding of Avro, and never beyond the end: bytes that are not what they seem to be stop it at once, instead of
 * making it go on for as long as a length says that was never written.
 */
export class AvroReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#at = offset;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws RangeError for what is no whole number that a double holds exactly, as do all others below for what is not there */
  long(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  boolean(): boolean {
    const byte = this.#byte();
    if (byte > 1) throw new RangeError('a boolean is neither 0 nor 1');
    return byte === 1;
  }

  string(): string {
    const begin = this.#take(this.long());
    return this.#bytes.toString('utf8', begin, this.#at);
  }

  /** A string that comes again and again. */
  name(): string {
    const begin = this.#take(this.long());
    return names.read(this.#bytes, begin, this.#at);
  }

  /** Of the union of null and string. */
  optionalString(): string | null {
    return this.#isPresent() ? this.string() : null;
  }

  optionalName(): string | null {
    return this.#isPresent() ? this.name() : null;
  }

  /** All of them. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** A fixed is left where it is. @returns where it begins */
  passOver(length: number): number {
    return this.#take(length);
  }

  /** Of the union of null and fixed. @returns -1 for null */
  passOverOptional(length: number): number {
    return this.#isPresent() ? this.#take(length) : -1;
  }

  /** The items of an array. @param itemBytesMin that each takes: where they cannot all be there, none is read */
  array<T>(itemBytesMin: number, read: () => T): T[] {
    const items: T[] = [];
    for (let count = this.long(); count !== 0; count = this.long()) {
      // A block may say how long it is, behind a count that is negative.
      if (count < 0) this.long();
      const left = Math.abs(count);
      if (left * itemBytesMin > this.#bytes.length - this.#at) throw new RangeError('an array is longer than the bytes that are there');
      for (let i = 0; i < left; i++) items.push(read());
    }
    return items;
  }

  #isPresent(): boolean {
    const branch = this.long();
    if (branch !== 0 && branch !== 1) throw new RangeError('a union has no such branch');
    return branch === 1;
  }

  /** Moves on by as many bytes. @returns where they begin */
  #take(length: number): number {
    const begin = this.#at;
    if (length < 0 || length > this.#bytes.length - begin) throw new RangeError('a length goes beyond the bytes that are there');
    this.#at = begin + length;
    return begin;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('the bytes end too early');
    this.#at++;
    return byte;
  }

  #varint(): number {
    const first = this.#bytes[this.#at];
    if (first === undefined || first > ASCII_MAX) return this.#longVarint();
    this.#at++;
    return first;
  }

  #longVarint(): number {
    let value = 0;
    let shift = 0;
    for (let count = 0; count < VARINT_BYTES_MAX; count++) {
      const byte = this.#byte();
      const bits = byte & ASCII_MAX;
      value = shift < SHIFTED_BITS_MAX ? value | (bits << shift) : value + bits * 2 ** shift;
      if (byte <= ASCII_MAX) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      shift += 7;
    }
    throw new RangeError('a number is larger than any that is written');
  }
}
