import { EVENTS_STREAM, REVOKED_SUBJECT, UNLOCKED_SUBJECT } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { DeliverPolicy, type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { type NatsConnection, nuid } from '@nats-io/transport-node';
import { type ConsumerSession, type KeptConsumer, keepConsuming } from '../keepConsuming.js';
import { ListenerIndex, type TailListener } from './ListenerIndex.js';
import { decodeStreamedUnlock, type StreamedUnlock } from './streamedUnlock.js';

export const UNLOCK_SUBJECTS = [UNLOCKED_SUBJECT, REVOKED_SUBJECT];

/**
 * The live end of the stream, followed once for all readers of this process. It remembers its newest entries, so that a
 * reader who was here a moment ago, or who has nearly caught up, is handed over without a gap and without an overlap:
 * all of it happens within one turn of the event loop.
 */
export class UnlockTail {
  readonly #nats: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #log: Logger;
  readonly #recentMax: number;
  readonly #listeners = new ListenerIndex();
  readonly #onUnreadable: () => void;
  #consumer: KeptConsumer | null = null;
  #recent: StreamedUnlock[] = [];
  /** All unlocks with a sequence above this one, up to `position`, are in `#recent`. */
  #recentAbove = 0;
  #position = 0;

  constructor(options: {
    nats: NatsConnection;
    log: Logger;
    /** How many entries it remembers. */
    recentMax: number;
    onUnreadable: () => void;
  }) {
    this.#nats = options.nats;
    this.#js = jetstream(options.nats);
    this.#log = options.log;
    this.#recentMax = options.recentMax;
    this.#onUnreadable = options.onUnreadable;
  }

  /** Everything up to this sequence of the stream has been seen. */
  get position(): number {
    return this.#position;
  }

  /** Settles when the tail follows the stream from its present end on. */
  async start(): Promise<void> {
    const manager = await this.#js.jetstreamManager(false);
    const { state } = await manager.streams.info(EVENTS_STREAM);
    this.#position = state.last_seq;
    this.#recentAbove = state.last_seq;
    this.#consumer = keepConsuming({
      name: 'unlock tail',
      nats: this.#nats,
      log: this.#log,
      open: () => this.#open(),
    });
    await this.#consumer.started;
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    await this.#consumer?.stop();
    this.#consumer = null;
  }

  /** @returns false where what lies behind `after` is not remembered any more: the listener has to read it from the stream */
  attach(listener: TailListener, after: number): boolean {
    if (after < this.#recentAbove) return false;
    for (const entry of this.#recent) if (entry.sequence > after) listener.deliver(entry);
    this.#listeners.add(listener);
    return true;
  }

  detach(listener: TailListener): void {
    this.#listeners.remove(listener);
  }

  async #open(): Promise<ConsumerSession> {
    const consumer = await this.#js.consumers.get(EVENTS_STREAM, {
      name_prefix: `notifier_tail_${nuid.next()}`,
      filter_subjects: UNLOCK_SUBJECTS,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#position + 1,
    });
    const messages = await consumer.consume({
      max_messages: 1000,
      callback: (message) => this.#take(message),
    });
    return {
      ended: messages.closed(),
      stop: async () => {
        await messages.close();
        // An ordered consumer that is left behind goes away by itself; this only tidies sooner.
        consumer.delete().catch((error: unknown) => {
          this.#log.debug({ err: error }, "the tail's consumer was gone");
        });
      },
    };
  }

  #take(message: { subject: string; seq: number; data: Uint8Array }): void {
    if (message.seq <= this.#position) return;
    this.#position = message.seq;
    const entry = decodeStreamedUnlock(message);
    if (entry === null) {
      this.#onUnreadable();
      this.#log.warn({ subject: message.subject, sequence: message.seq }, 'passed over a message that is no unlock');
      return;
    }
    this.#remember(entry);
    this.#listeners.deliver(entry);
  }

  #remember(entry: StreamedUnlock): void {
    this.#recent.push(entry);
    // Cut in halves, so that forgetting costs nothing for each entry.
    if (this.#recent.length < this.#recentMax * 2) return;
    const forgotten = this.#recent.splice(0, this.#recentMax);
    this.#recentAbove = forgotten.at(-1)?.sequence ?? this.#recentAbove;
  }
}
