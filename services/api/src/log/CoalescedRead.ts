/**
 * One read for all who ask at the same time. Whoever asks while a read is under way shares the next one and not that, since it may
 * have looked before the asker's own change.
 */
export class CoalescedRead<T> {
  readonly #read: () => Promise<T>;
  #current: Promise<unknown> | null = null;
  #next: Promise<T> | null = null;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  get(): Promise<T> {
    if (this.#current === null) return this.#start();
    this.#next ??= this.#after(this.#current);
    return this.#next;
  }

  #start(): Promise<T> {
    const read = this.#read();
    const settled = read.then(
      () => undefined,
      () => undefined,
    );
    this.#current = settled;
    void settled.then(() => {
      if (this.#current === settled) this.#current = null;
    });
    return read;
  }

  async #after(current: Promise<unknown>): Promise<T> {
    await current;
    this.#next = null;
    return this.#start();
  }
}
