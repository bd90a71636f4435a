import { type Candidate, identityKeys } from './Candidate.js';
import type { IdentityStore } from './IdentityStore.js';
import type { KnownEvent } from './KnownEvent.js';

interface Asking {
  candidate: Candidate;
  resolve(known: KnownEvent[]): void;
  reject(error: unknown): void;
}

/**
 * Gathers look-ups: one query at a time for a tenant, for all that was asked while the last one ran. So an idle door asks at
 * once, a busy one in large sets, and the events of a tenant come out in the order in which they went in.
 */
export class IdentityLookup {
  readonly #store: IdentityStore;
  readonly #eventsMax: number;
  /** Tenants with something to ask; gone when there is no more. */
  readonly #queues = new Map<string, Asking[]>();

  constructor(store: IdentityStore, { eventsMax }: { eventsMax: number }) {
    this.#store = store;
    this.#eventsMax = eventsMax;
  }

  /** The known events that share an identity with this one. */
  find(candidate: Candidate): Promise<KnownEvent[]> {
    const { tenantId } = candidate.event;
    return new Promise((resolve, reject) => {
      const asking = { candidate, resolve, reject };
      const queue = this.#queues.get(tenantId);
      if (queue !== undefined) {
        queue.push(asking);
        return;
      }
      const fresh = [asking];
      this.#queues.set(tenantId, fresh);
      // After all that came in with the same read of the socket.
      setImmediate(() => void this.#run(tenantId, fresh));
    });
  }

  async #run(tenantId: string, queue: Asking[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, this.#eventsMax);
      try {
        const identities = batch.map(({ candidate }) => candidate.event.identity);
        answer(batch, byKey(tenantId, await this.#store.find(tenantId, identities)));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#queues.delete(tenantId);
  }
}

function byKey(tenantId: string, known: readonly KnownEvent[]): Map<string, KnownEvent> {
  return new Map(known.flatMap((event) => identityKeys(tenantId, event).map((key) => [key, event] as const)));
}

function answer(batch: readonly Asking[], known: ReadonlyMap<string, KnownEvent>): void {
  for (const { candidate, resolve } of batch) {
    resolve(known.size === 0 ? [] : candidate.keys.flatMap((key) => known.get(key) ?? []));
  }
}
