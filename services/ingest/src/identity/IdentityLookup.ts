import { type Candidate, identityKeys } from './Candidate.js';
import type { IdentityStore } from './IdentityStore.js';
import type { KnownEvent } from './KnownEvent.js';
import type { RoundGate } from './RoundGate.js';

/** An event that is looked up, and who wants to know. */
export interface Asking {
  candidate: Candidate;
  /** The known events that share an identity with it. */
  found(known: readonly KnownEvent[]): void;
  failed(error: unknown): void;
}

const NONE: readonly KnownEvent[] = [];

export interface IdentityLookupOptions {
  /** Of one query. */
  eventsMax: number;
  /** Holds look-ups back while others are better waited for. */
  gate?: Pick<RoundGate, 'enter' | 'pass'>;
  /** Called when no query is under way any more. */
  onIdle?(): void;
}

/**
 * Gathers look-ups: one query at a time for a tenant, for all that was asked while the last one ran, or while its gate was closed. So an
 * idle door asks at once, a busy one in large sets, and the events of a tenant come out in the order in which they went in.
 */
export class IdentityLookup {
  readonly #store: IdentityStore;
  readonly #options: IdentityLookupOptions;
  /** Tenants with something to ask; gone when there is no more. */
  readonly #queues = new Map<string, Asking[]>();

  /** Queries under way. */
  #underWay = 0;

  constructor(store: IdentityStore, options: IdentityLookupOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** No query is under way; what waits for the gate may begin one later. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  find(asking: Asking): void {
    const { tenantId } = asking.candidate.event;
    this.#options.gate?.enter();
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
    const { eventsMax, gate } = this.#options;
    while (queue.length > 0) {
      await gate?.pass();
      this.#underWay++;
      do await this.#answer(tenantId, queue.splice(0, eventsMax));
      while (queue.length >= eventsMax);
      this.#underWay--;
      if (this.isIdle) this.#options.onIdle?.();
    }
    this.#queues.delete(tenantId);
  }

  async #answer(tenantId: string, batch: readonly Asking[]): Promise<void> {
    const identities = batch.map(({ candidate }) => candidate.event.identity);
    let known: KnownEvent[];
    try {
      known = await this.#store.find(tenantId, identities);
    } catch (error) {
      for (const asking of batch) asking.failed(error);
      return;
    }
    answer(batch, byKey(known));
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
