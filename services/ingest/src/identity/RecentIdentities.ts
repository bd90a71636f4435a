import { identityKeys } from './Candidate.js';
import type { KnownEvent } from './KnownEvent.js';

/**
 * The events seen last, by each of their identities. Two generations instead of a linked list: when the young one is full it
 * becomes the old one, and what is asked for in the old one moves up.
 */
export class RecentIdentities {
  readonly #generationMax: number;
  #young = new Map<string, KnownEvent>();
  #old = new Map<string, KnownEvent>();

  constructor(identitiesMax: number) {
    this.#generationMax = Math.max(1, Math.floor(identitiesMax / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  find(key: string): KnownEvent | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#set(key, old);
    return old;
  }

  remember(tenantId: string, event: KnownEvent): void {
    this.rememberAs(identityKeys(tenantId, event), event);
  }

  /** With its keys, where they are known already. */
  rememberAs(keys: readonly string[], event: KnownEvent): void {
    for (const key of keys) this.#set(key, event);
  }

  #set(key: string, event: KnownEvent): void {
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, event);
  }
}
