import type { JetStreamClient } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { OUTBOX_TIMEOUT_MS } from '../limits.js';
import type { PublishMessage } from './OutboxRelay.js';

/** Publishes under the message's own id: the same again within the stream's duplicate window is one message. */
export function publishToEvents(js: JetStreamClient): PublishMessage {
  return async (message) => {
    const messageHeaders = message.headers === null ? undefined : headers();
    for (const [name, value] of Object.entries(message.headers ?? {})) messageHeaders?.set(name, value);
    await js.publish(message.subject, message.payload, {
      msgID: message.messageId,
      timeout: OUTBOX_TIMEOUT_MS,
      ...(messageHeaders === undefined ? {} : { headers: messageHeaders }),
    });
  };
}
