import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@cairn/runtime';
import {
  OUTBOX_ATTEMPTS_MAX,
  OUTBOX_DELETE_INTERVAL_MS,
  OUTBOX_DELETE_ROWS_MAX,
  OUTBOX_IN_FLIGHT_MAX,
  OUTBOX_ROOM_MAX,
  OUTBOX_SWEEP_ROWS_MAX,
  OUTBOX_WAITING_MAX,
} from '../limits.js';
import { Waiters } from '../Waiters.js';

/** A message that a transaction left to be published. */
export interface OutboxMessage {
  id: number;
  subject: string;
  messageId: string;
  headers: Readonly<Record<string, string>> | null;
  payload: Uint8Array;
}

/** Where the outbox is kept. */
export interface OutboxStore {
  /** What an earlier owner left behind, oldest first, from behind an id on. Rows that somebody else is taking are passed over. */
  takeLeftBehind(page: { afterId: number; rowsMax: number }): Promise<OutboxMessage[]>;
  delete(ids: readonly number[]): Promise<void>;
}

const STAYS = 'an outbox message stays in the table for the sweep';

/** Resolves after the PubAck. The same message id within the duplicate window is one message. */
export type PublishMessage = (message: OutboxMessage) => Promise<void>;

/**
 * Publishes what was committed, and deletes a row after its PubAck: at least once, under a stable message id.
 * What does not go through stays in the table, and the sweep brings it again.
 */
export class OutboxRelay {
  readonly #store: OutboxStore;
  readonly #publish: PublishMessage;
  readonly #log: Logger;
  #waiting: OutboxMessage[] = [];
  /** Of those that wait, the first that still does. */
  #head = 0;
  /** Published, and not yet deleted. */
  readonly #published: number[] = [];
  readonly #known = new Set<number>();
  #inFlight = 0;
  #deleting: Promise<void> | undefined;
  #deleteSoon: NodeJS.Timeout | undefined;
  readonly #idle: (() => void)[] = [];
  readonly #room = new Waiters();
  #stopped = false;

  constructor(ports: { store: OutboxStore; publish: PublishMessage; log: Logger }) {
    this.#store = ports.store;
    this.#publish = ports.publish;
    this.#log = ports.log;
  }

  get waiting(): number {
    return this.#queued + this.#inFlight;
  }

  /** Takes over messages of a committed transaction. Beyond the bound they wait in the table for the sweep. */
  enqueue(messages: readonly OutboxMessage[]): void {
    if (this.#stopped) return;
    for (const message of messages) {
      if (this.#queued >= OUTBOX_WAITING_MAX || this.#known.has(message.id)) continue;
      this.#known.add(message.id);
      this.#waiting.push(message);
    }
    this.#pump();
  }

  /** Brings what a crash or a refusal left in the table: all of it, past rows that cannot be published, as far as there is room. */
  async sweep(): Promise<void> {
    let afterId = 0;
    while (!this.#stopped && this.#queued < OUTBOX_WAITING_MAX) {
      const messages = await this.#store.takeLeftBehind({ afterId, rowsMax: OUTBOX_SWEEP_ROWS_MAX });
      this.enqueue(messages);
      const last = messages.at(-1);
      if (last === undefined || messages.length < OUTBOX_SWEEP_ROWS_MAX) return;
      afterId = last.id;
    }
  }

  /** Resolves when few enough wait that more may be committed, or the signal says to stop. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#queued >= OUTBOX_ROOM_MAX && !this.#stopped && !signal.aborted) await this.#room.changed(signal);
  }

  /** Resolves when nothing waits and nothing is under way. */
  async drained(): Promise<void> {
    if (this.#isIdle()) return;
    const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#pump();
    await idle;
  }

  /** Publishes what waits for as long as the grace lasts; the rest stays in the table for the sweep of another evaluator. */
  async stop({ graceMs }: { graceMs: number }): Promise<void> {
    const grace = new AbortController();
    const isOver = delay(graceMs, 'over', { signal: grace.signal }).catch(() => 'cancelled');
    const outcome = await Promise.race([this.drained(), isOver]);
    grace.abort();
    this.#stopped = true;
    if (outcome === 'over') this.#log.warn({ messages: this.waiting }, 'outbox messages are left to the sweep of another evaluator');
    this.#waiting = [];
    this.#head = 0;
    this.#room.wake();
  }

  #pump(): void {
    while (this.#inFlight < OUTBOX_IN_FLIGHT_MAX) {
      const message = this.#shift();
      if (message === undefined) break;
      this.#inFlight++;
      void this.#deliver(message);
    }
    this.#deletePublished();
    if (this.#queued < OUTBOX_ROOM_MAX) this.#room.wake();
    if (this.#isIdle()) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  get #queued(): number {
    return this.#waiting.length - this.#head;
  }

  #shift(): OutboxMessage | undefined {
    const message = this.#waiting[this.#head];
    if (message === undefined) return undefined;
    this.#head++;
    // In pieces: to move a long list up for each of its elements would take longer than to send them.
    if (this.#head >= OUTBOX_IN_FLIGHT_MAX && this.#head * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  async #deliver(message: OutboxMessage): Promise<void> {
    try {
      await this.#publishWithRetries(message);
      this.#published.push(message.id);
    } catch (error) {
      this.#known.delete(message.id);
      // Once it is stopped, all that stays was told of together.
      if (!this.#stopped) this.#log.warn({ err: error, subject: message.subject, message_id: message.messageId }, STAYS);
    } finally {
      this.#inFlight--;
      this.#pump();
    }
  }

  async #publishWithRetries(message: OutboxMessage): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#publish(message);
        return;
      } catch (error) {
        if (this.#stopped || attempt >= OUTBOX_ATTEMPTS_MAX) throw error;
      }
    }
  }

  /**
   * One deletion at a time, of what was published in a while: rows are in nobody's way, and each deletion is a transaction. At once
   * where somebody waits for the end, or there are many.
   */
  #deletePublished(): void {
    if (this.#deleting !== undefined || this.#published.length === 0) return;
    if (this.#idle.length === 0 && this.#published.length < OUTBOX_DELETE_ROWS_MAX) {
      this.#deleteSoon ??= setTimeout(() => this.#deleteNow(), OUTBOX_DELETE_INTERVAL_MS);
      return;
    }
    this.#deleteNow();
  }

  #deleteNow(): void {
    clearTimeout(this.#deleteSoon);
    this.#deleteSoon = undefined;
    if (this.#deleting !== undefined) return;
    const ids = this.#published.splice(0);
    this.#deleting = this.#store
      .delete(ids)
      .catch((error: unknown) => {
        this.#log.warn(
          { err: error, rows: ids.length },
          'published outbox rows could not be deleted: the sweep publishes them again under the same ids',
        );
      })
      .finally(() => {
        for (const id of ids) this.#known.delete(id);
        this.#deleting = undefined;
        this.#pump();
      });
  }

  #isIdle(): boolean {
    return this.#queued === 0 && this.#inFlight === 0 && this.#published.length === 0 && this.#deleting === undefined;
  }
}
