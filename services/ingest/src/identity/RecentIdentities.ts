import { ByTenant } from './ByTenant.js';
import { identityKeys } from './Candidate.js';
import type { KnownEvent } from './KnownEvent.js';

/**
 * The events seen last, by each of their identities. Two generations instead of a linked list: when the young one is full it
 * becomes the old one, and what is asked for in the old one moves up.
 */
export class RecentIdentities {
  readonly #generationMax: number;
  #young = new ByTenant<KnownEvent>();
  #old = new ByTenant<KnownEvent>();

  constructor(identitiesMax: number) {
    this.#generationMax = Math.max(1, Math.floor(identitiesMax / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** @param key see `identityKeys` */
  find(tenantId: string, key: string): KnownEvent | undefined {
    const young = this.#young.get(tenantId, key);
    if (young !== undefined) return young;
    const old = this.#old.get(tenantId, key);
    if (old !== undefined) this.#set(tenantId, key, old);
    return old;
  }

  /** @param keys those of the event, where they are known already */
  remember(tenantId: string, event: KnownEvent, keys: readonly string[] = identityKeys(event)): void {
    for (const key of keys) this.#set(tenantId, key, event);
  }

  #set(tenantId: string, key: string, event: KnownEvent): void {
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new ByTenant();
    }
    this.#young.set(tenantId, key, event);
  }
}
