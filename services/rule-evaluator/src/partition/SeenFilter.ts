/** Knuth's multiplier: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;
const FIRST_FACTOR = 0x85ebca6b;
const SECOND_FACTOR = 0xc2b2ae35;
/** An empty slot; no tag is the same. */
const NOTHING = 0;
const SLOTS_MIN = 1_024;

/**
 * Tells of hashes of 16 bytes whether they may have been seen. What was added is never denied; what was not is affirmed once in
 * thousands of millions for each that is held. Four bytes a slot and half full at most: a tenth of what a table takes.
 */
export class SeenFilter {
  #tags = new Int32Array(SLOTS_MIN);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param salt tells apart what is hashed; the hash begins in `bytes` where `at` says */
  add(salt: number, bytes: Buffer, at: number): void {
    if (this.#size * 2 >= this.#tags.length) this.#grow();
    if (take(this.#tags, tagOf(salt, bytes, at))) this.#size++;
  }

  mayHold(salt: number, bytes: Buffer, at: number): boolean {
    const tag = tagOf(salt, bytes, at);
    return this.#tags[slotOf(this.#tags, tag)] === tag;
  }

  #grow(): void {
    const larger = new Int32Array(this.#tags.length * 2);
    for (const tag of this.#tags) if (tag !== NOTHING) take(larger, tag);
    this.#tags = larger;
  }
}

function take(tags: Int32Array, tag: number): boolean {
  const slot = slotOf(tags, tag);
  if (tags[slot] === tag) return false;
  tags[slot] = tag;
  return true;
}

/** The slot of the tag, or the empty one behind which it is not. */
function slotOf(tags: Int32Array, tag: number): number {
  const mask = tags.length - 1;
  let slot = Math.imul(tag, SPREAD) & mask;
  while (tags[slot] !== tag && tags[slot] !== NOTHING) slot = (slot + 1) & mask;
  return slot;
}

/** Of all 16 bytes: some of those of a UUID tell the time, and are the same in many. */
function tagOf(salt: number, bytes: Buffer, at: number): number {
  const first = Math.imul(bytes.readInt32LE(at) ^ salt, FIRST_FACTOR) ^ bytes.readInt32LE(at + 4);
  const second = Math.imul(bytes.readInt32LE(at + 8) ^ (first >>> 15), SECOND_FACTOR) ^ bytes.readInt32LE(at + 12);
  const tag = Math.imul(first ^ second ^ (second >>> 13), FIRST_FACTOR);
  return tag === NOTHING ? 1 : tag;
}
