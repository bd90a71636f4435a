import { setTimeout as delay } from 'node:timers/promises';
import { EVENTS_STREAM } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import type { ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/transport-node';
import { DOOR_DRAIN_MS_MAX, DOOR_MESSAGES_MAX, DOOR_PULL_MS_MAX, DOOR_RETRY_MS_MAX, DOOR_RETRY_MS_MIN } from '../limits.js';
import { within } from '../within.js';
import { ensureConsumer, INGEST_CONSUMER } from './ensureConsumer.js';

export interface EventsSubscriptionOptions {
  jetStream: JetStreamClient;
  log: Logger;
  onMessage(message: JsMsg): void;
}

/** What the client has but does not declare: the subscription under a consumer's messages. */
interface Drainable {
  sub: Pick<Subscription, 'drain' | 'isClosed'>;
}

/** A subscription to EVENTS that comes back by itself, whatever happens to the server or the consumer. */
export class EventsSubscription {
  readonly #options: EventsSubscriptionOptions;
  readonly #stopping = new AbortController();
  #messages: ConsumerMessages | undefined;
  #kept: Promise<void> | undefined;

  constructor(options: EventsSubscriptionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#messages !== undefined;
  }

  async start(): Promise<void> {
    this.#messages = await this.#subscribe();
    this.#kept = this.#keep(this.#messages);
  }

  /** No message is delivered any more once it resolves; all that the server has sent were handed on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#messages !== undefined) await this.#close(this.#messages);
    await this.#kept;
  }

  /** A message that is on its way when the subscription closes would be delivered again only after its ack wait. */
  async #close(messages: ConsumerMessages): Promise<void> {
    const { sub } = messages as Partial<Drainable>;
    try {
      if (sub !== undefined && !sub.isClosed()) await within(DOOR_DRAIN_MS_MAX, sub.drain());
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the subscription to EVENTS could not be drained: what was on its way comes again');
    }
    await messages.close();
  }

  async #subscribe(): Promise<ConsumerMessages> {
    const { jetStream, onMessage } = this.#options;
    await ensureConsumer(await jetStream.jetstreamManager(false));
    const consumer = await jetStream.consumers.get(EVENTS_STREAM, INGEST_CONSUMER);
    return consumer.consume({
      callback: onMessage,
      max_messages: DOOR_MESSAGES_MAX,
      expires: DOOR_PULL_MS_MAX,
      // It ends where the consumer is gone, and is made anew here.
      abort_on_missing_resource: true,
    });
  }

  async #keep(first: ConsumerMessages): Promise<void> {
    let messages: ConsumerMessages | null = first;
    while (messages !== null) {
      const error: unknown = await messages.closed();
      this.#messages = undefined;
      if (this.#isStopping()) return;
      this.#options.log.warn({ err: error }, 'the subscription to EVENTS ended: subscribing again');
      // The server takes a deleted consumer away a moment after it has said so, and would take a new one of its name along.
      await this.#pause(DOOR_RETRY_MS_MIN);
      messages = await this.#subscribeAgain();
    }
  }

  /** Null where it is to stop. */
  async #subscribeAgain(): Promise<ConsumerMessages | null> {
    for (let retryMs = DOOR_RETRY_MS_MIN; !this.#isStopping(); retryMs = Math.min(retryMs * 2, DOOR_RETRY_MS_MAX)) {
      try {
        this.#messages = await this.#subscribe();
        if (!this.#isStopping()) return this.#messages;
        await this.#close(this.#messages);
      } catch (error) {
        this.#options.log.warn({ err: error, retryMs }, 'EVENTS cannot be subscribed to yet');
        await this.#pause(retryMs);
      }
    }
    return null;
  }

  /** Ends early where it is to stop. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
