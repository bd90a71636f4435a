import type { EventIdentity } from '@cairn/contracts';
import { hashText } from '../identity/hashText.js';
import type { IdentityStore } from '../identity/IdentityStore.js';
import type { KnownEvent } from '../identity/KnownEvent.js';

/** The identities of evaluated events, in memory. */
export class MemoryIdentityStore implements IdentityStore {
  /** What each query asked for. */
  readonly queries: { tenantId: string; events: number }[] = [];
  readonly #known = new Map<string, KnownEvent[]>();
  #failure: Error | undefined;

  add(tenantId: string, event: KnownEvent): void {
    this.#known.set(tenantId, [...(this.#known.get(tenantId) ?? []), event]);
  }

  failWith(failure: Error | undefined): void {
    this.#failure = failure;
  }

  async find(tenantId: string, identities: readonly EventIdentity[]): Promise<KnownEvent[]> {
    this.queries.push({ tenantId, events: identities.length });
    await Promise.resolve();
    if (this.#failure !== undefined) throw this.#failure;
    const asked = new Set(
      identities.flatMap(({ eventIdHash, keyHash, fingerprint }) => [
        `e${hashText(eventIdHash)}`,
        ...(keyHash === null ? [] : [`k${hashText(keyHash)}`]),
        ...(fingerprint === null ? [] : [`f${hashText(fingerprint)}`]),
      ]),
    );
    const matches = ({ eventIdHash, keyHash, fingerprint }: KnownEvent): boolean =>
      asked.has(`e${eventIdHash}`) || asked.has(`k${keyHash ?? ''}`) || asked.has(`f${fingerprint ?? ''}`);
    return (this.#known.get(tenantId) ?? []).filter(matches);
  }
}
