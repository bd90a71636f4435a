import type { Logger } from '@cairn/runtime';
import { LEASE_RENEWAL_MS, LEASE_SECONDS } from '../limits.js';

export interface OwnedPartition {
  partition: number;
  epoch: number;
}

/** Where it is kept who owns what. All times are the database's. */
export interface LeaseStore {
  /** Says that the owner is alive; answers how many evaluators are. */
  heartbeat(owner: string, ttlSeconds: number): Promise<number>;
  /** Renews what is owned, takes what is free or expired up to `want` in all, and answers all that is owned now. */
  acquire(of: { owner: string; want: number; leaseSeconds: number }): Promise<OwnedPartition[]>;
  release(owner: string, partitions: readonly number[]): Promise<void>;
  /** Gives back all that the owner has, and takes it off the list of the living. */
  leave(owner: string): Promise<void>;
}

export interface LeaseEvents {
  gained(owned: OwnedPartition): void;
  /** Resolves when nothing more is done for the partition. */
  lost(owned: OwnedPartition): Promise<void>;
}

/**
 * Shares the partitions among the evaluators that are alive: each takes its fair share, gives back what is beyond it, and
 * renews. A lease is a courtesy that spares work; what makes two owners harmless is the fence in each transaction.
 */
export class PartitionLeases {
  readonly #owner: string;
  readonly #partitions: number;
  readonly #store: LeaseStore;
  readonly #events: LeaseEvents;
  readonly #logger: Logger;
  readonly #owned = new Map<number, OwnedPartition>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(ports: { owner: string; partitions: number; store: LeaseStore; events: LeaseEvents; logger: Logger }) {
    this.#owner = ports.owner;
    this.#partitions = ports.partitions;
    this.#store = ports.store;
    this.#events = ports.events;
    this.#logger = ports.logger;
  }

  get owned(): readonly OwnedPartition[] {
    return [...this.#owned.values()];
  }

  /** A name that was used before gives back what it had, so that its epochs move on. */
  async start(): Promise<void> {
    await this.#store.leave(this.#owner);
    await this.#renew();
    this.#schedule();
  }

  /** Ends the work on all partitions, then gives them back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.all([...this.#owned.values()].map((owned) => this.#events.lost(owned)));
    this.#owned.clear();
    await this.#store.leave(this.#owner);
  }

  /** The partition turned out to be somebody else's. */
  forget(partition: number): void {
    this.#owned.delete(partition);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#renew()
        .catch((error: unknown) => {
          this.#logger.warn({ err: error }, 'the leases could not be renewed: trying again');
        })
        .finally(() => {
          this.#schedule();
        });
    }, LEASE_RENEWAL_MS);
  }

  async #renew(): Promise<void> {
    const alive = await this.#store.heartbeat(this.#owner, LEASE_SECONDS);
    const want = Math.ceil(this.#partitions / Math.max(1, alive));
    const now = await this.#store.acquire({ owner: this.#owner, want, leaseSeconds: LEASE_SECONDS });
    if (this.#stopped) return;
    await this.#settle(new Map(now.map((owned) => [owned.partition, owned])));
    await this.#giveBack(want);
  }

  async #settle(now: ReadonlyMap<number, OwnedPartition>): Promise<void> {
    for (const before of [...this.#owned.values()]) {
      if (now.get(before.partition)?.epoch === before.epoch) continue;
      this.#owned.delete(before.partition);
      await this.#events.lost(before);
    }
    for (const owned of now.values()) {
      if (this.#owned.has(owned.partition)) continue;
      this.#owned.set(owned.partition, owned);
      this.#events.gained(owned);
    }
  }

  async #giveBack(want: number): Promise<void> {
    const beyond = [...this.#owned.values()].sort((a, b) => a.partition - b.partition).slice(want);
    for (const owned of beyond) {
      this.#owned.delete(owned.partition);
      await this.#events.lost(owned);
    }
    if (beyond.length > 0)
      await this.#store.release(
        this.#owner,
        beyond.map((owned) => owned.partition),
      );
  }
}
