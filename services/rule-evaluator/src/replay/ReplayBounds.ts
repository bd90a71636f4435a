/** How far each partition may be replayed: as far as the live one has come. */
export class ReplayBounds {
  readonly #bounds = new Map<number, number>();
  readonly #waiting = new Set<() => void>();

  raise(to: ReadonlyMap<number, number>): void {
    for (const [partition, bound] of to) this.#bounds.set(partition, Math.max(bound, this.of(partition)));
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  of(partition: number): number {
    return this.#bounds.get(partition) ?? 0;
  }

  /** Resolves when any bound was raised, or when `wake` is called. */
  async raised(register: (wake: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      register(resolve);
    });
  }
}
