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
 * `salt` tells apart what is hashed; two kinds of the same hash do not meet.
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

  has(salt: number, hash: Buffer): boolean {
    return this.#marks[this.#find(salt, hash)] === TAKEN;
  }

  /** null where the hash is not known, otherwise whether `payload` is what it stands for. */
  matches(salt: number, hash: Buffer, payload: Buffer): boolean | null {
    const slot = this.#find(salt, hash);
    if (this.#marks[slot] !== TAKEN) return null;
    const at = slot * WORDS_OF_SLOT + WORDS_OF_HASH;
    const words = this.#words;
    return (
      words[at] === payload.readInt32LE(0) &&
      words[at + 1] === payload.readInt32LE(4) &&
      words[at + 2] === payload.readInt32LE(8) &&
      words[at + 3] === payload.readInt32LE(12)
    );
  }

  set(salt: number, hash: Buffer, payload: Buffer): void {
    if (this.#used * 4 >= this.#mask * 3) this.#grow();
    const slot = this.#find(salt, hash);
    if (this.#marks[slot] !== TAKEN) {
      this.#marks[slot] = TAKEN;
      this.#size++;
      this.#used++;
    }
    const at = slot * WORDS_OF_SLOT;
    const words = this.#words;
    words[at] = hash.readInt32LE(0) ^ salt;
    for (let word = 1; word < WORDS_OF_HASH; word++) words[at + word] = hash.readInt32LE(word * 4);
    for (let word = 0; word < WORDS_OF_HASH; word++) words[at + WORDS_OF_HASH + word] = payload.readInt32LE(word * 4);
  }

  delete(salt: number, hash: Buffer): void {
    const slot = this.#find(salt, hash);
    if (this.#marks[slot] !== TAKEN) return;
    this.#marks[slot] = DELETED;
    this.#size--;
  }

  /** The slot of the hash, or the empty one behind which it is not. */
  #find(salt: number, hash: Buffer): number {
    const first = hash.readInt32LE(0) ^ salt;
    const second = hash.readInt32LE(4);
    const third = hash.readInt32LE(8);
    const fourth = hash.readInt32LE(12);
    const words = this.#words;
    for (let slot = Math.imul(first ^ second, SPREAD) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const mark = this.#marks[slot];
      if (mark === EMPTY) return slot;
      if (mark === DELETED) continue;
      const at = slot * WORDS_OF_SLOT;
      if (words[at] === first && words[at + 1] === second && words[at + 2] === third && words[at + 3] === fourth) return slot;
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
