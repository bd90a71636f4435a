import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, type Consumer, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Received } from './Received.js';

const STREAM = 'EVENTS';
const DURABLE = 'chaos-subscriber';
const SUBJECTS = { 'events.achievement.unlocked': 'unlock', 'events.achievement.revoked': 'revoke' } as const;
const MESSAGES_AT_ONCE = 500;
const FETCH_MS = 2_000;
const PAUSE_MS = 250;

/** A durable consumer as somebody outside would have it, through a network that breaks. It goes on until it is told to stop. */
export function subscribeNats(nats: NatsConnection, stop: AbortSignal): { received: Received; ended: Promise<void> } {
  const received = new Received();
  return { received, ended: follow(nats, { received, stop }) };
}

async function follow(nats: NatsConnection, { received, stop }: { received: Received; stop: AbortSignal }): Promise<void> {
  while (!stop.aborted) {
    try {
      const consumer = await open(nats);
      while (!stop.aborted) await take(consumer, received);
    } catch {
      // Cut off: as a subscriber does, it comes back and goes on where it was.
      received.reconnects++;
      await delay(PAUSE_MS);
    }
  }
}

async function open(nats: NatsConnection): Promise<Consumer> {
  const client = jetstream(nats);
  const manager = await client.jetstreamManager(false);
  await manager.consumers.add(STREAM, {
    durable_name: DURABLE,
    ack_policy: AckPolicy.Explicit,
    filter_subjects: Object.keys(SUBJECTS),
    max_ack_pending: MESSAGES_AT_ONCE * 4,
  });
  return client.consumers.get(STREAM, DURABLE);
}

async function take(consumer: Consumer, received: Received): Promise<void> {
  for await (const message of await consumer.fetch({ max_messages: MESSAGES_AT_ONCE, expires: FETCH_MS })) {
    const kind = SUBJECTS[message.subject as keyof typeof SUBJECTS];
    received.take(kind, message.json());
    message.ack();
  }
}
