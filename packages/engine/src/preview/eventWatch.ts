import { matchesPattern } from '../catalogue/eventPattern.js';
import { TYPES_REMEMBERED_MAX } from './limits.js';

/** When an event was last seen that a type or a pattern names. */
export class EventWatch {
  readonly #lastSeen: Map<string, number>;
  readonly #listening = new Map<string, readonly string[]>();

  /** @param patterns types, or patterns with `*` and `>` */
  constructor(patterns: Iterable<string>) {
    this.#lastSeen = new Map([...patterns].map((pattern) => [pattern, Number.NEGATIVE_INFINITY]));
  }

  saw(type: string, at: number): void {
    for (const pattern of this.#patternsOf(type)) if (at > this.lastSeen(pattern)) this.#lastSeen.set(pattern, at);
  }

  /** Negative infinity where there was none. */
  lastSeen(pattern: string): number {
    return this.#lastSeen.get(pattern) ?? Number.NEGATIVE_INFINITY;
  }

  #patternsOf(type: string): readonly string[] {
    const known = this.#listening.get(type);
    if (known !== undefined) return known;
    const found = [...this.#lastSeen.keys()].filter((pattern) => matchesPattern(pattern, type));
    if (this.#listening.size >= TYPES_REMEMBERED_MAX) this.#listening.clear();
    this.#listening.set(type, found);
    return found;
  }
}
