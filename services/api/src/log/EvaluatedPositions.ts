import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@cairn/runtime';
import {
  countForwards,
  type Database,
  listRecounts,
  type PartitionPosition,
  type PendingRecountRow,
  partitionPositions,
  tenantsWithTeams,
} from '@cairn/store';
import { POSITIONS_PAUSE_MS_MAX, POSITIONS_PAUSE_MS_MIN } from '../limits.js';

interface Waiter {
  isReached: (positions: readonly PartitionPosition[]) => boolean;
  deadlineMs: number;
  resolve: (isReached: boolean) => void;
}

/** Where the partitions stand, and the loop of the teams among them, for those who wait until something is evaluated. All waiters share one look at a time. */
export class EvaluatedPositions {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #waiters = new Set<Waiter>();
  #isLooking = false;
  #isStopped = false;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  read(): Promise<PartitionPosition[]> {
    return partitionPositions(this.#database.pool);
  }

  /** What publications and settings asked for, and is not done yet for all users. */
  recounts(): Promise<PendingRecountRow[]> {
    return listRecounts(this.#database.pool);
  }

  /** Events under an alias that are on their way to their user, and in no partition meanwhile. */
  forwards(): Promise<number> {
    return countForwards(this.#database.pool);
  }

  /** Whose events concern the loop of the teams. */
  tenantsWithTeams(): Promise<string[]> {
    return tenantsWithTeams(this.#database.pool, { atSequence: Number.MAX_SAFE_INTEGER });
  }

  /** @returns whether every partition passed the sequence in time */
  waitForAll(sequence: number, msMax: number): Promise<boolean> {
    return this.#wait((positions) => positions.length > 0 && positions.every(({ lastSeq }) => lastSeq >= sequence), msMax);
  }

  /** @returns whether the partition passed the sequence in time */
  waitForOne(at: { partition: number; sequence: number }, msMax: number): Promise<boolean> {
    return this.waitForEach(new Map([[at.partition, at.sequence]]), msMax);
  }

  /** @returns whether each of these partitions passed its sequence in time */
  waitForEach(needed: ReadonlyMap<number, number>, msMax: number): Promise<boolean> {
    return this.#wait((positions) => {
      const lastSeqs = new Map(positions.map(({ partition, lastSeq }) => [partition, lastSeq]));
      return [...needed].every(([partition, sequence]) => (lastSeqs.get(partition) ?? 0) >= sequence);
    }, msMax);
  }

  /** Whoever still waits is told that it did not happen. */
  stop(): void {
    this.#isStopped = true;
    for (const waiter of this.#waiters) waiter.resolve(false);
    this.#waiters.clear();
  }

  #wait(isReached: Waiter['isReached'], msMax: number): Promise<boolean> {
    if (this.#isStopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#waiters.add({ isReached, deadlineMs: performance.now() + msMax, resolve });
      if (!this.#isLooking) void this.#look();
    });
  }

  /** Never rejects: where the database cannot be asked, the waiters wait on until their time is over. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    let pauseMs = POSITIONS_PAUSE_MS_MIN;
    while (this.#waiters.size > 0) {
      const waiting = this.#waiters.size;
      this.#settle(await this.#tryRead());
      if (this.#waiters.size === 0) break;
      pauseMs = this.#waiters.size < waiting ? POSITIONS_PAUSE_MS_MIN : Math.min(pauseMs * 2, POSITIONS_PAUSE_MS_MAX);
      await delay(pauseMs);
    }
    this.#isLooking = false;
  }

  async #tryRead(): Promise<PartitionPosition[]> {
    try {
      return await this.read();
    } catch (error) {
      this.#log.warn({ err: error }, 'the positions of the partitions cannot be read');
      return [];
    }
  }

  #settle(positions: readonly PartitionPosition[]): void {
    for (const waiter of this.#waiters) {
      const isReached = waiter.isReached(positions);
      if (!isReached && performance.now() < waiter.deadlineMs) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(isReached);
    }
  }
}
