const INITIAL_BYTES = 256;
/** Texts below this length have a length of one byte. */
const SHORT_CHARS_MAX = 128;
/** Up to so many bytes are copied faster one by one than by a call. */
const LOOP_BYTES_MAX = 64;
const encoder = new TextEncoder();

/** Writes the encoding of a state. Integers are at most 2^53 either way. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Begins anew, whatever became of what was written before. */
  begin(): this {
    this.#length = 0;
    return this;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.since(0);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written from there on. */
  since(start: number): Uint8Array {
    return this.#bytes.slice(start, this.#length);
  }

  /** What another writer wrote, as it is. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A part of what another writer wrote, as it is. */
  copy(bytes: Uint8Array, from: number, until: number): void {
    this.#reserve(until - from);
    if (until - from > LOOP_BYTES_MAX) this.#bytes.set(bytes.subarray(from, until), this.#length);
    else for (let i = from; i < until; i++) this.#bytes[this.#length + i - from] = bytes[i] ?? 0;
    this.#length += until - from;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number ≥ 0, seven bits a byte. */
  unsigned(value: number): void {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`${String(value)} cannot be written as a whole number`);
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Any whole number: a sign bit below its size. Sizes up to 2^52. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A number that is mostly whole and small: those take a byte or two, any other nine. */
  number(value: number): void {
    const small = Number.isInteger(value) && value > -0x1_0000_0000 && value < 0x1_0000_0000;
    if (small) return this.unsigned(value < 0 ? -value * 4 + 1 : value * 4);
    this.byte(2);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** UTF-8 behind its length. Most texts are short and ASCII, and those need no encoder. */
  text(value: string): void {
    const { length } = value;
    if (length >= SHORT_CHARS_MAX) return this.bytes(encoder.encode(value));
    this.#reserve(length + 1);
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return this.bytes(encoder.encode(value));
      this.#bytes[this.#length + 1 + i] = unit;
    }
    this.#bytes[this.#length] = length;
    this.#length += length + 1;
  }

  bytes(value: Uint8Array): void {
    this.unsigned(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
