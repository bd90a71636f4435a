/** What is known of an accepted event: enough to tell its duplicates and its conflicts. */
export interface KnownEvent {
  payloadHash: Buffer;
}

/**
 * Recent identities of one partition, in two generations: when the young one is full it becomes the old one. That happens between
 * batches only, so that all that a batch needs to know stays until it is through, and for as long as the next one is folded.
 */
export class IdentityCache {
  readonly #entriesMax: number;
  #young = new Map<string, KnownEvent>();
  #old = new Map<string, KnownEvent>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string): KnownEvent | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, event: KnownEvent): void {
    this.#young.set(key, event);
  }

  /** Before a batch: lets go of the old generation where the young one is full. */
  age(): void {
    if (this.#young.size < this.#entriesMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Takes back what a batch put in that was not committed. */
  delete(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#young.delete(key);
      this.#old.delete(key);
    }
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
