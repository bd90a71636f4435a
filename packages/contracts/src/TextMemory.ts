/** A power of two. */
const SLOTS = 4_096;
/** Longer texts are not kept. */
const TEXT_BYTES_MAX = 64;
const ASCII_MAX = 0x7f;
const HASH_FACTOR = 31;

/**
 * Gives the same text again for the same bytes where it can: names of users, types and sources come in nearly every event, and a
 * text that is there already takes no memory, and is found in maps without being hashed again. One text a slot, the newest.
 */
export class TextMemory {
  readonly #slots: string[] = Array.from({ length: SLOTS }, () => '');

  /** The UTF-8 text in `bytes` from `begin` to before `end`. */
  read(bytes: Buffer, begin: number, end: number): string {
    if (end - begin > TEXT_BYTES_MAX) return bytes.toString('utf8', begin, end);
    let hash = 0;
    for (let at = begin; at < end; at++) hash = (Math.imul(hash, HASH_FACTOR) + (bytes[at] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const kept = this.#slots[slot] ?? '';
    if (isText(kept, { bytes, begin, end })) return kept;
    const text = bytes.toString('utf8', begin, end);
    this.#slots[slot] = text;
    return text;
  }
}

/** False for all that is not ASCII. */
function isText(text: string, { bytes, begin, end }: { bytes: Buffer; begin: number; end: number }): boolean {
  if (text.length !== end - begin) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[begin + i] ?? ASCII_MAX + 1;
    if (byte > ASCII_MAX || text.charCodeAt(i) !== byte) return false;
  }
  return true;
}
