import { LOG_STREAM } from '@cairn/contracts';
import { AckedPublisher, type AckedPublishOptions } from '@cairn/runtime';
import type { PubAck } from '@nats-io/jetstream';
import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';

export interface EchoedMessage {
  /** As it was published. */
  subject: string;
  sequence: number;
  data: Uint8Array;
}

/**
 * Publishes to nobody but itself: over the server to an inbox of its own, where each message is acknowledged as a stream would do it.
 * No stream sees any of it.
 */
export class EchoedPublisher {
  readonly #nats: NatsConnection;
  readonly #publisher: AckedPublisher;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #onMessage: (message: EchoedMessage) => void;
  #sequence = 0;

  constructor(nats: NatsConnection, onMessage: (message: EchoedMessage) => void) {
    this.#nats = nats;
    this.#onMessage = onMessage;
    this.#publisher = new AckedPublisher(nats);
    this.#subscription = nats.subscribe(`${this.#inbox}.>`, {
      callback: (error, message) => {
        if (error === null) this.#echo(message);
      },
    });
  }

  publish(subject: string, payload: Uint8Array | string = '', options: AckedPublishOptions = {}): Promise<PubAck> {
    return this.#publisher.publish(`${this.#inbox}.${subject}`, payload, options);
  }

  /** Without an acknowledgement. */
  tell(subject: string, payload: string): void {
    this.#nats.publish(`${this.#inbox}.${subject}`, payload);
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }

  #echo(message: Msg): void {
    const sequence = ++this.#sequence;
    message.respond(JSON.stringify({ stream: LOG_STREAM, seq: sequence }));
    this.#onMessage({ subject: message.subject.slice(this.#inbox.length + 1), sequence, data: message.data });
  }
}
