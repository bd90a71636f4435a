import { type Candidate, identityKeys } from './Candidate.js';
import type { IdentityStore } from './IdentityStore.js';
import type { KnownEvent } from './KnownEvent.js';

/** An event that is looked up, and who wants to know. */
export interface Asking {
  candidate: Candidate;
  /** The known events that share an identity with it. */
  found(known: readonly KnownEvent[]): void;
  failed(error: unknown): void;
}

const NONE: readonly KnownEvent[] = [];

/**
 * Gathers look-ups: one query at a time for a tenant, for all that was asked while the last one ran. So an idle door asks at
 * once, a busy one in large sets, and the events of a tenant come out in the order in which they went in.
 */
export class IdentityLookup {
  readonly #store: IdentityStore;
  readonly #eventsMax: number;
  readonly #onIdle: () => void;
  /** Tenants with something to ask; gone when there is no more. */
  readonly #queues = new Map<string, Asking[]>();

  /** @param options.onIdle called when all that was asked is answered */
  constructor(store: IdentityStore, { eventsMax, onIdle = () => undefined }: { eventsMax: number; onIdle?: () => void }) {
    this.#store = store;
    this.#eventsMax = eventsMax;
    this.#onIdle = onIdle;
  }

  /** Nothing is asked that is not answered yet. */
  get isIdle(): boolean {
    return this.#queues.size === 0;
  }

  find(asking: Asking): void {
    const { tenantId } = asking.candidate.event;
    const queue = this.#queues.get(tenantId);
    if (queue !== undefined) {
      queue.push(asking);
      return;
    }
    const fresh = [asking];
    this.#queues.set(tenantId, fresh);
    // After all that came in with the same read of the socket.
    setImmediate(() => void this.#run(tenantId, fresh));
  }

  async #run(tenantId: string, queue: Asking[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, this.#eventsMax);
      const identities = batch.map(({ candidate }) => candidate.event.identity);
      let known: KnownEvent[];
      try {
        known = await this.#store.find(tenantId, identities);
      } catch (error) {
        for (const asking of batch) asking.failed(error);
        continue;
      }
      answer(batch, byKey(known));
    }
    this.#queues.delete(tenantId);
    if (this.isIdle) this.#onIdle();
  }
}

function byKey(known: readonly KnownEvent[]): Map<string, KnownEvent> {
  return new Map(known.flatMap((event) => identityKeys(event).map((key) => [key, event] as const)));
}

function answer(batch: readonly Asking[], known: ReadonlyMap<string, KnownEvent>): void {
  for (const asking of batch) {
    asking.found(known.size === 0 ? NONE : asking.candidate.keys.flatMap((key) => known.get(key) ?? []));
  }
}
