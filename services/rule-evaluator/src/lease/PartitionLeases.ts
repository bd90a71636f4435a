import type { Logger } from '@cairn/runtime';
import { LEASE_RENEWAL_MS, LEASE_SECONDS } from '../limits.js';

export interface OwnedPartition {
  partition: number;
  epoch: number;
}

/** Where it is kept who owns what. All times are the database's. */
export interface LeaseStore {
  /** Says that the owner is alive; answers how many evaluators are, and how many of them come before it in an order common to all. */
  heartbeat(owner: string, ttlSeconds: number): Promise<{ evaluators: number; before: number }>;
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

export interface LeasePorts {
  owner: string;
  /** Of the install. */
  partitions: number;
  store: LeaseStore;
  events: LeaseEvents;
  logger: Logger;
  timing?: { leaseSeconds: number; renewalMs: number };
}

/**
 * Shares the partitions among the evaluators that are alive: each takes its fair share, gives back what is beyond it, and
 * renews. A lease is a courtesy that spares work; what makes two owners harmless is the fence in each transaction.
 */
export class PartitionLeases {
  readonly #ports: LeasePorts;
  readonly #timing: { leaseSeconds: number; renewalMs: number };
  readonly #owned = new Map<number, OwnedPartition>();
  /** Partitions whose work is coming to its end, which must not hold up the renewal of the others. */
  readonly #ending = new Map<number, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(ports: LeasePorts) {
    this.#ports = ports;
    this.#timing = ports.timing ?? { leaseSeconds: LEASE_SECONDS, renewalMs: LEASE_RENEWAL_MS };
  }

  get owned(): readonly OwnedPartition[] {
    return [...this.#owned.values()];
  }

  /** A name that was used before gives back what it had, so that its epochs move on. */
  async start(): Promise<void> {
    const first = this.#ports.store.leave(this.#ports.owner).then(() => this.#renew());
    this.#round = Promise.allSettled([first]).then(() => undefined);
    await first;
    this.#schedule();
  }

  /** Ends the work on all partitions, then gives them back; where the store is gone, the leases run out. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#giveUpAll();
    return this.#stopping;
  }

  async #giveUpAll(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#round;
    for (const owned of this.owned) this.#end(owned);
    await Promise.all(this.#ending.values());
    try {
      await this.#ports.store.leave(this.#ports.owner);
    } catch (error) {
      this.#ports.logger.warn({ err: error }, 'the partitions could not be given back: their leases run out by themselves');
    }
  }

  /** The partition turned out to be somebody else's. */
  forget({ partition, epoch }: OwnedPartition): void {
    if (this.#owned.get(partition)?.epoch === epoch) this.#owned.delete(partition);
  }

  #schedule(): void {
    if (this.#stopping !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#renew()
        .catch((error: unknown) => {
          this.#ports.logger.warn({ err: error }, 'the leases could not be renewed: trying again');
        })
        .finally(() => {
          this.#schedule();
        });
    }, this.#timing.renewalMs);
  }

  async #renew(): Promise<void> {
    const { owner, partitions, store } = this.#ports;
    const { leaseSeconds } = this.#timing;
    const want = fairShare(partitions, await store.heartbeat(owner, leaseSeconds));
    const now = await store.acquire({ owner, want, leaseSeconds });
    if (this.#stopping !== undefined) return;
    this.#settle(new Map(now.map((owned) => [owned.partition, owned])));
    this.#giveBack(want);
  }

  #settle(now: ReadonlyMap<number, OwnedPartition>): void {
    for (const before of this.owned) {
      if (now.get(before.partition)?.epoch !== before.epoch) this.#end(before);
    }
    for (const owned of now.values()) {
      // One that is still ending is taken up in a later round, if it is ours then.
      if (this.#owned.has(owned.partition) || this.#ending.has(owned.partition)) continue;
      this.#owned.set(owned.partition, owned);
      this.#ports.events.gained(owned);
    }
  }

  #giveBack(want: number): void {
    const beyond = [...this.owned].sort((a, b) => a.partition - b.partition).slice(want);
    for (const owned of beyond) this.#end(owned, () => this.#ports.store.release(this.#ports.owner, [owned.partition]));
  }

  #end(owned: OwnedPartition, afterwards: () => Promise<void> = () => Promise.resolve()): void {
    const { partition } = owned;
    this.#owned.delete(partition);
    const ending = this.#ports.events
      .lost(owned)
      .then(afterwards)
      .catch((error: unknown) => {
        this.#ports.logger.warn({ err: error, partition }, 'a partition could not be given back in good order');
      })
      .finally(() => this.#ending.delete(partition))
      .then(() => undefined);
    this.#ending.set(partition, ending);
  }
}

/** Shares differ by one at most, and add up to all: the first in the order of the living have one more where it does not divide. */
function fairShare(partitions: number, { evaluators, before }: { evaluators: number; before: number }): number {
  // Its own word may be outdated by the time that it is counted.
  const alive = Math.max(1, evaluators);
  return Math.floor(partitions / alive) + (before < partitions % alive ? 1 : 0);
}
