import { CairnError } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NotifierLimits } from '../limits.js';
import type { NotifierMetrics } from '../notifierMetrics.js';
import { UnlockTail } from '../tail/UnlockTail.js';
import { CatchUp } from './CatchUp.js';
import { ProgressFeed } from './ProgressFeed.js';
import { StreamConnection } from './StreamConnection.js';
import type { StreamFilter } from './StreamFilter.js';
import type { NamedUser, UserNames } from './UserNames.js';

export interface StreamRequest {
  filter: StreamFilter;
  /** Of the filter. */
  tenantKey: number;
  /** The sequence that the reader resumes behind; null to begin now. */
  resumeAfter: number | null;
  /** Cuts the reader's socket. */
  abort: (() => void) | undefined;
}

/** What the hub does not need to be told of how it is measured. */
type HubMetrics = Pick<NotifierMetrics, 'connectionClosed' | 'progressLeftOut' | 'unreadable'>;

/** All readers of this process, and the one tail that they share. */
export class StreamHub {
  readonly #limits: NotifierLimits;
  readonly #log: Logger;
  readonly #metrics: HubMetrics;
  readonly #tail: UnlockTail;
  readonly #catchUp: CatchUp;
  readonly #progress: ProgressFeed;
  readonly #names: UserNames;
  readonly #connections = new Set<StreamConnection>();
  /** Whom the readers of one user follow. */
  readonly #followed = new Map<StreamConnection, NamedUser>();
  /** Readers that the tail keeps up to date. */
  readonly #live = new WeakSet<StreamConnection>();
  #ticker: NodeJS.Timeout | null = null;
  #namesTicker: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(options: { nats: NatsConnection; log: Logger; names: UserNames; metrics: HubMetrics; limits: NotifierLimits }) {
    const { nats, log, names, metrics, limits } = options;
    this.#names = names;
    this.#limits = limits;
    this.#log = log;
    this.#metrics = metrics;
    this.#tail = new UnlockTail({
      nats,
      log,
      // It remembers up to twice as many, and a reader that is handed over may have as many waiting already.
      recentMax: Math.max(1, Math.floor(limits.sseQueueMax / 4)),
      onUnreadable: () => metrics.unreadable('stream'),
    });
    this.#catchUp = new CatchUp({ nats, tail: this.#tail, log, catchUpsMax: limits.catchUpsMax });
    this.#progress = new ProgressFeed({ nats, onUnreadable: () => metrics.unreadable('progress') });
  }

  get connections(): number {
    return this.#connections.size;
  }

  get isStarted(): boolean {
    return this.#ticker !== null;
  }

  async start(): Promise<void> {
    await this.#tail.start();
    this.#ticker = setInterval(() => this.#tick(), this.#limits.keepAliveMs);
    this.#ticker.unref();
    this.#namesTicker = setInterval(() => void this.#closeMerged(), this.#limits.namesLookMs);
    this.#namesTicker.unref();
  }

  /** Ends all streams; their readers come back by their last event ids, here or elsewhere. */
  async stop(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    clearInterval(this.#namesTicker);
    for (const connection of this.#connections) connection.close('shutdown');
    await this.#tail.stop();
  }

  /** @throws CairnError `unavailable`, `overloaded` */
  connect(request: StreamRequest): StreamConnection {
    if (!this.isStarted) throw new CairnError('unavailable', 'the stream is not up yet: try again', { retryAfterSeconds: 1 });
    if (this.#connections.size >= this.#limits.sseConnectionsMax) {
      throw new CairnError('overloaded', `there are ${this.#limits.sseConnectionsMax} readers already: try again later`, {
        retryAfterSeconds: 5,
      });
    }
    const connection = new StreamConnection(request.filter, { ...this.#limits, abort: request.abort });
    this.#connections.add(connection);
    const { userId } = request.filter;
    if (userId !== null) this.#followed.set(connection, { tenantKey: request.tenantKey, userId });
    void connection.closed.then((reason) => this.#forget(connection, reason));
    void this.#lead(connection, request.resumeAfter ?? this.#tail.position);
    return connection;
  }

  /** Never rejects. */
  async #lead(connection: StreamConnection, after: number): Promise<void> {
    try {
      await this.#catchUp.lead(connection, after);
      if (connection.isClosed) return;
      this.#live.add(connection);
      if (connection.filter.progress) await this.#followProgress(connection);
      this.#passOver(connection);
      connection.announceReady();
    } catch (error) {
      this.#log.error({ err: error }, 'a stream could not be opened');
      connection.close('failed');
    }
  }

  async #followProgress(connection: StreamConnection): Promise<void> {
    const listener = {
      filter: connection.filter,
      deliverProgress: (key: string, json: string) => {
        if (!connection.deliverProgress(key, json)) this.#metrics.progressLeftOut();
      },
    };
    void connection.closed.then(() => this.#progress.detach(listener));
    await this.#progress.attach(listener);
  }

  #forget(connection: StreamConnection, reason: Parameters<HubMetrics['connectionClosed']>[0]): void {
    this.#connections.delete(connection);
    this.#followed.delete(connection);
    this.#tail.detach(connection);
    this.#metrics.connectionClosed(reason);
  }

  /** Who was merged into somebody else is followed under the other id: the reader comes back by its last event id. Never rejects. */
  async #closeMerged(): Promise<void> {
    if (this.#isLooking || this.#followed.size === 0) return;
    this.#isLooking = true;
    try {
      const merged = await this.#names.aliasesAmong([...this.#followed.values()]);
      const names = new Set(merged.map(nameOf));
      for (const [connection, user] of this.#followed) if (names.has(nameOf(user))) connection.close('user_merged');
    } catch (error) {
      this.#log.warn({ err: error }, 'whether somebody who is followed was merged cannot be told now');
    } finally {
      this.#isLooking = false;
    }
  }

  #tick(): void {
    for (const connection of this.#connections) {
      this.#passOver(connection);
      connection.tick();
    }
  }

  /** A live reader has been told of everything that the tail has seen. */
  #passOver(connection: StreamConnection): void {
    if (this.#live.has(connection)) connection.passOver(this.#tail.position);
  }
}

function nameOf({ tenantKey, userId }: NamedUser): string {
  return `${tenantKey} ${userId}`;
}
