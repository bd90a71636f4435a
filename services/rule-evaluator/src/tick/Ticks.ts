import type { Logger } from '@cairn/runtime';
import { type Database, lastTick, noteTick } from '@cairn/store';
import type { NatsConnection } from '@nats-io/transport-node';
import { TICKER_LOOK_MS } from '../limits.js';
import type { BatchFolder } from '../partition/BatchFolder.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { ProgressChange } from '../progress/ProgressPublisher.js';
import { jetStreamTicks } from './jetStreamTicks.js';
import { LogClock } from './LogClock.js';
import { Ticker } from './Ticker.js';
import { tellLapsed } from './tellLapsed.js';

export interface TicksPorts {
  nats: NatsConnection;
  database: Database;
  log: Logger;
  /** Whether it is this process that puts ticks into the log. */
  isLeading(): boolean;
  /** Progress that is to be told of live. */
  changed(change: ProgressChange): void;
}

/** All that ticks are to an evaluator: it puts them into the log, knows by them how late it is, and tells of what lapsed. */
export class Ticks {
  readonly #ports: TicksPorts;
  readonly #clock: LogClock;
  readonly #ticker: Ticker;
  /** The newest that each partition here has evaluated. */
  readonly #evaluated = new Map<number, number>();

  constructor(ports: TicksPorts) {
    this.#ports = ports;
    const { database, log, nats } = ports;
    const now = () => Date.now();
    this.#clock = new LogClock({ read: () => lastTick(database.pool), write: (at) => noteTick(database.pool, at), now, log });
    this.#ticker = new Ticker({ ticks: jetStreamTicks(nats), isLeading: () => ports.isLeading(), now, lookMs: TICKER_LOOK_MS, log });
  }

  async start(): Promise<void> {
    await this.#clock.start();
    this.#ticker.start();
  }

  async stop(): Promise<void> {
    await this.#ticker.stop();
  }

  /** How late it is by the log. */
  now(): number {
    return this.#clock.now();
  }

  /** A partition has committed a batch. @param folder with its users; none where they are teams */
  committed({ batch, entries }: FoldedBatch, folder: BatchFolder | undefined): void {
    for (const entry of entries) if (entry.kind === 'tick') this.#take(entry.at, { partition: batch.partition, folder });
  }

  #take(at: number, { partition, folder }: { partition: number; folder: BatchFolder | undefined }): void {
    this.#clock.note(at);
    const before = this.#evaluated.get(partition);
    if (before !== undefined && before >= at) return;
    this.#evaluated.set(partition, at);
    if (before === undefined || folder === undefined) return;
    const { changed, log } = this.#ports;
    tellLapsed(folder, { ticks: { before, at }, changed }).catch((error: unknown) => {
      log.warn({ err: error, partition }, 'what lapsed could not be told live');
    });
  }
}
