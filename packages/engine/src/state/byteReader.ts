import { StateFormatError } from './stateFormatError.js';

const decoder = new TextDecoder();

/** Reads what ByteWriter wrote. @throws StateFormatError where the bytes end too early or say what cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new StateFormatError('truncated', 'the state ends too early');
    this.#at += 1;
    return value;
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new StateFormatError('malformed', 'the state holds a number that is too long');
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  number(): number {
    const value = this.unsigned();
    const kind = value % 4;
    if (kind === 0) return value / 4;
    if (kind === 1) return -(value - 1) / 4;
    this.#need(8);
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  bytes(): Uint8Array {
    const length = this.unsigned();
    this.#need(length);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** How many elements follow; each takes at least one byte, so that a broken count cannot allocate much. */
  count(): number {
    const count = this.unsigned();
    this.#need(count);
    return count;
  }

  #need(count: number): void {
    if (count > this.remaining) throw new StateFormatError('truncated', 'the state ends too early');
  }
}
