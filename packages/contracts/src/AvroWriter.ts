const UTF8_BYTES_A_CHARACTER_MAX = 3;
/** Up to this length a loop over the characters is faster than a call into the runtime. */
const SHORT_TEXT_CHARACTERS = 64;
const ASCII_MAX = 0x7f;
/** Of a whole number whose double is still exact: 53 bits, seven to a byte. */
export const LONG_BYTES_MAX = 8;
const VARINT_MORE = 0x80;
/** What bitwise operators can shift. */
const UINT31_MAX = 0x7fff_ffff;

/**
 * Writes the binary encoding of Avro into one buffer. Source: Avro 1.12, «Binary Encoding». What it is given must fit: see
 * `stringBytesMax` and `LONG_BYTES_MAX`.
 */
export class AvroWriter {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytesMax: number) {
    this.#bytes = Buffer.allocUnsafe(bytesMax);
  }

  /** A whole number that is safe when doubled. */
  long(value: number): void {
    this.#varint(value >= 0 ? value * 2 : value * -2 - 1);
  }

  boolean(value: boolean): void {
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  string(text: string): void {
    // Most texts take a byte a character, and then the length is where it belongs.
    const guessed = varintBytes(text.length * 2);
    const begin = this.#at;
    const written = this.#text(text, begin + guessed);
    const needed = varintBytes(written * 2);
    if (needed !== guessed) this.#bytes.copyWithin(begin + needed, begin + guessed, begin + guessed + written);
    this.#varint(written * 2);
    this.#at += written;
  }

  /** Of the union of null and string. */
  optionalString(text: string | null): void {
    this.long(text === null ? 0 : 1);
    if (text !== null) this.string(text);
  }

  fixed(bytes: Buffer): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Of the union of null and fixed. */
  optionalFixed(bytes: Buffer | null): void {
    this.long(bytes === null ? 0 : 1);
    if (bytes !== null) this.fixed(bytes);
  }

  /** All that was written. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Writes no length. @returns how many bytes it took */
  #text(text: string, at: number): number {
    if (text.length > SHORT_TEXT_CHARACTERS) return this.#bytes.write(text, at, 'utf8');
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > ASCII_MAX) return this.#bytes.write(text, at, 'utf8');
      this.#bytes[at + i] = code;
    }
    return text.length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > UINT31_MAX) {
      this.#bytes[this.#at++] = (rest % VARINT_MORE) | VARINT_MORE;
      rest = Math.floor(rest / VARINT_MORE);
    }
    while (rest >= VARINT_MORE) {
      this.#bytes[this.#at++] = (rest & ASCII_MAX) | VARINT_MORE;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }
}

/** At least as many bytes as a string takes, its length included. */
export function stringBytesMax(text: string | null): number {
  if (text === null) return 1;
  const bytes = text.length > SHORT_TEXT_CHARACTERS ? Buffer.byteLength(text) : text.length * UTF8_BYTES_A_CHARACTER_MAX;
  return 1 + LONG_BYTES_MAX + bytes;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= VARINT_MORE; rest = Math.floor(rest / VARINT_MORE)) bytes++;
  return bytes;
}
