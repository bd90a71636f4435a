const NONE: readonly never[] = [];

type Few<T> = readonly [T, T, T, T];

/** Its first elements. A few are copied faster by themselves than by any loop. */
function copyOf<T>(items: readonly T[], count: number): readonly T[] {
  const list = items as Few<T>;
  switch (count) {
    case 0:
      return NONE;
    case 1:
      return [list[0]];
    case 2:
      return [list[0], list[1]];
    case 3:
      return [list[0], list[1], list[2]];
    case 4:
      return [list[0], list[1], list[2], list[3]];
    default:
      return items.slice(0, count);
  }
}

/**
 * A list that is filled at one event after the other. Each time what came together is copied out at its exact length: a list
 * that begins empty takes room for sixteen, and memory is what folding many events is short of.
 */
export class Gathered<T> {
  readonly #items: T[] = [];
  #count = 0;

  add(item: T): void {
    this.#items[this.#count++] = item;
  }

  /** Forgets what came since it was taken last. */
  clear(): void {
    this.#count = 0;
  }

  has(item: T): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#items[i] === item) return true;
    return false;
  }

  /** All that came since it was taken last. */
  take(): readonly T[] {
    const count = this.#count;
    this.#count = 0;
    return copyOf(this.#items, count);
  }
}
