import type { JetStreamClient } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { OUTBOX_TIMEOUT_MS, REALTIME_TTL } from '../limits.js';
import { liveSubjectOf } from './liveSubjectOf.js';
import type { OutboxMessage, PublishMessage } from './OutboxRelay.js';

/**
 * Publishes under the message's own id: the same again within the stream's duplicate window is one message. An unlock goes out on the
 * subject of its user or team as well, for whoever listens there with plain NATS, and counts as published when both have arrived.
 */
export function publishToEvents(js: Pick<JetStreamClient, 'publish'>): PublishMessage {
  return async (message) => {
    const liveSubject = liveSubjectOf(message);
    const live = liveSubject === null ? [] : [publishLive(js, liveSubject, message)];
    await Promise.all([publish(js, message), ...live]);
  };
}

async function publish(js: Pick<JetStreamClient, 'publish'>, message: OutboxMessage): Promise<void> {
  const messageHeaders = message.headers === null ? undefined : headers();
  for (const [name, value] of Object.entries(message.headers ?? {})) messageHeaders?.set(name, value);
  await js.publish(message.subject, message.payload, {
    msgID: message.messageId,
    timeout: OUTBOX_TIMEOUT_MS,
    ...(messageHeaders === undefined ? {} : { headers: messageHeaders }),
  });
}

async function publishLive(js: Pick<JetStreamClient, 'publish'>, subject: string, { messageId, payload }: OutboxMessage): Promise<void> {
  await js.publish(subject, payload, { msgID: `${messageId}:realtime`, ttl: REALTIME_TTL, timeout: OUTBOX_TIMEOUT_MS });
}
