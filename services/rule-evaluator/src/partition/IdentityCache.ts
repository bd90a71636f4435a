/** What is known of an accepted event: enough to tell its duplicates and its conflicts. */
export interface KnownEvent {
  payloadHash: Buffer;
  sequence: number;
  index: number;
}

/** Recent identities of one partition, in two generations: when the young one is full it becomes the old one. */
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
    if (this.#young.size >= this.#entriesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, event);
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
