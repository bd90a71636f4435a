import { EVENTS_STREAM, realtimeTeamUnlockSubject, realtimeUnlockSubject, UNLOCKED_SUBJECT } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { AckPolicy, DeliverPolicy, type JetStreamClient, type JsMsg, jetstream } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { type ConsumerSession, type KeptConsumer, keepConsuming } from '../keepConsuming.js';
import { REALTIME_TTL, REPUBLISH_ACK_WAIT_MS, REPUBLISH_RETRY_MS } from '../limits.js';
import { decodeStreamedUnlock, type StreamedUnlock } from '../tail/streamedUnlock.js';
import { ensureConsumer } from './ensureConsumer.js';

/** Operators see it by this name; all replicas share it. */
export const REALTIME_CONSUMER = 'notifier-realtime';

export type RepublishOutcome = 'published' | 'silent' | 'unreadable' | 'failed';

/** Puts each unlock on the subject of its user or team, for whoever listens there with plain NATS. */
export class RealtimeRepublisher {
  readonly #nats: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #log: Logger;
  readonly #inFlightMax: number;
  readonly #onOutcome: (outcome: RepublishOutcome) => void;
  readonly #inFlight = new Set<Promise<void>>();
  #consumer: KeptConsumer | null = null;

  constructor(options: {
    nats: NatsConnection;
    log: Logger;
    inFlightMax: number;
    onOutcome(outcome: RepublishOutcome): void;
  }) {
    this.#nats = options.nats;
    this.#js = jetstream(options.nats);
    this.#log = options.log;
    this.#inFlightMax = options.inFlightMax;
    this.#onOutcome = options.onOutcome;
  }

  async start(): Promise<void> {
    this.#consumer = keepConsuming({
      name: REALTIME_CONSUMER,
      nats: this.#nats,
      log: this.#log,
      open: () => this.#open(),
    });
    await this.#consumer.started;
  }

  /** What is on its way is brought to its end first. */
  async stop(): Promise<void> {
    await this.#consumer?.stop();
    this.#consumer = null;
    await Promise.all(this.#inFlight);
  }

  async #open(): Promise<ConsumerSession> {
    const manager = await this.#js.jetstreamManager(false);
    await ensureConsumer(manager, EVENTS_STREAM, {
      durable_name: REALTIME_CONSUMER,
      filter_subject: UNLOCKED_SUBJECT,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(REPUBLISH_ACK_WAIT_MS),
      // The server sends no more than this without an acknowledgement: the bound of what is in flight.
      max_ack_pending: this.#inFlightMax,
    });
    const consumer = await this.#js.consumers.get(EVENTS_STREAM, REALTIME_CONSUMER);
    const messages = await consumer.consume({
      max_messages: this.#inFlightMax,
      callback: (message) => this.#take(message),
    });
    return {
      ended: messages.closed(),
      stop: async () => {
        await messages.close();
      },
    };
  }

  #take(message: JsMsg): void {
    const work = this.#handle(message).finally(() => {
      this.#inFlight.delete(work);
    });
    this.#inFlight.add(work);
  }

  /** Never rejects. */
  async #handle(message: JsMsg): Promise<void> {
    const unlock = decodeStreamedUnlock(message);
    if (unlock === null) {
      this.#log.warn({ sequence: message.seq }, 'passed over a message that is no unlock');
      message.term('no unlock');
      this.#onOutcome('unreadable');
      return;
    }
    const subject = subjectOf(unlock);
    if (unlock.backfilled || subject === null) {
      message.ack();
      this.#onOutcome('silent');
      return;
    }
    try {
      await this.#publish(unlock, subject, message.data);
      message.ack();
      this.#onOutcome('published');
    } catch (error) {
      this.#log.warn({ err: error, sequence: message.seq }, 'cannot publish a live unlock, trying again');
      message.nak(REPUBLISH_RETRY_MS);
      this.#onOutcome('failed');
    }
  }

  async #publish(unlock: StreamedUnlock, subject: string, data: Uint8Array): Promise<void> {
    await this.#js.publish(subject, data, {
      msgID: `${unlock.unlockId}:realtime`,
      ttl: REALTIME_TTL,
    });
  }
}

function subjectOf({ tenantId, userId, teamId }: StreamedUnlock): string | null {
  if (userId !== null) return realtimeUnlockSubject(tenantId, userId);
  return teamId === null ? null : realtimeTeamUnlockSubject(tenantId, teamId);
}
