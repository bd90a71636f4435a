import type { PackedIdentity } from '@cairn/contracts';

const WORDS_OF_HASH = 4;
const WORDS_OF_SLOT = 2 * WORDS_OF_HASH;
const SLOTS_MIN = 64;
/** Knuth's multiplier: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

const EMPTY = 0;
const TAKEN = 1;
const DELETED = 2;

/**
 * A map from a hash of 16 bytes to another, without an object or a text for each: open addressing, three quarters full at most.
 * `salt` tells apart what is hashed; two kinds of the same hash do not meet. A hash begins in `bytes` where `at` says.
 */
export class IdentityTable {
  #words: Int32Array;
  #marks: Uint8Array;
  #mask: number;
  #size = 0;
  /** Slots that are not empty: those of deleted entries too. */
  #used = 0;

  constructor(entries = 0) {
    let slots = SLOTS_MIN;
    while (slots * 3 < entries * 4) slots *= 2;
    this.#words = new Int32Array(slots * WORDS_OF_SLOT);
    this.#marks = new Uint8Array(slots);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  has(salt: number, bytes: Buffer, at: number): boolean {
    return this.#marks[this.#find(salt, bytes, at)] === TAKEN;
  }

  /** null where the hash of the identity that begins at `at` is not known, otherwise whether it stands for the same payload. */
  matches(salt: number, { bytes, payloadAt }: PackedIdentity, at: number): boolean | null {
    const slot = this.#find(salt, bytes, at);
    if (this.#marks[slot] !== TAKEN) return null;
    const found = slot * WORDS_OF_SLOT + WORDS_OF_HASH;
    const words = this.#words;
    return (
      words[found] === bytes.readInt32LE(payloadAt) &&
      words[found + 1] === bytes.readInt32LE(payloadAt + 4) &&
      words[found + 2] === bytes.readInt32LE(payloadAt + 8) &&
      words[found + 3] === bytes.readInt32LE(payloadAt + 12)
    );
  }

  /** The hash that begins at `at` stands for the payload of its identity. */
  set(salt: number, { bytes, payloadAt }: PackedIdentity, at: number): void {
    if (this.#used * 4 >= this.#mask * 3) this.#grow();
    const slot = this.#find(salt, bytes, at);
    if (this.#marks[slot] !== TAKEN) {
      this.#marks[slot] = TAKEN;
      this.#size++;
      this.#used++;
    }
    const to = slot * WORDS_OF_SLOT;
    const words = this.#words;
    words[to] = bytes.readInt32LE(at) ^ salt;
    for (let word = 1; word < WORDS_OF_HASH; word++) words[to + word] = bytes.readInt32LE(at + word * 4);
    for (let word = 0; word < WORDS_OF_HASH; word++) words[to + WORDS_OF_HASH + word] = bytes.readInt32LE(payloadAt + word * 4);
  }

  delete(salt: number, bytes: Buffer, at: number): void {
    const slot = this.#find(salt, bytes, at);
    if (this.#marks[slot] !== TAKEN) return;
    this.#marks[slot] = DELETED;
    this.#size--;
  }

  /** The slot of the hash, or the empty one behind which it is not. */
  #find(salt: number, bytes: Buffer, at: number): number {
    const first = bytes.readInt32LE(at) ^ salt;
    const second = bytes.readInt32LE(at + 4);
    const third = bytes.readInt32LE(at + 8);
    const fourth = bytes.readInt32LE(at + 12);
    const words = this.#words;
    for (let slot = Math.imul(first ^ second, SPREAD) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const mark = this.#marks[slot];
      if (mark === EMPTY) return slot;
      if (mark === DELETED) continue;
      const found = slot * WORDS_OF_SLOT;
      if (words[found] === first && words[found + 1] === second && words[found + 2] === third && words[found + 3] === fourth) return slot;
    }
  }

  /** Into twice the room that the entries need; what was deleted is gone for good. */
  #grow(): void {
    const larger = new IdentityTable(this.#size * 2);
    for (let slot = 0; slot <= this.#mask; slot++) if (this.#marks[slot] === TAKEN) larger.#take(this.#words, slot * WORDS_OF_SLOT);
    this.#words = larger.#words;
    this.#marks = larger.#marks;
    this.#mask = larger.#mask;
    this.#used = larger.#used;
  }

  #take(words: Int32Array, from: number): void {
    let slot = Math.imul((words[from] ?? 0) ^ (words[from + 1] ?? 0), SPREAD) & this.#mask;
    while (this.#marks[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
    this.#marks[slot] = TAKEN;
    this.#size++;
    this.#used++;
    this.#words.set(words.subarray(from, from + WORDS_OF_SLOT), slot * WORDS_OF_SLOT);
  }
}
