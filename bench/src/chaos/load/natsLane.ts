import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@cairn/testing/random';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Load } from './Load.js';
import { pickAgain } from './pickAgain.js';

const MESSAGES_AT_ONCE = 50;
const ACK_MS_MAX = 3_000;
const RETRY_MS = 200;
/** Share of messages beside the good ones that the door must put into the dead letters. */
const BAD_SHARE = 0.002;
const CONFLICT_TRIES_MAX = 20;

interface Publishing {
  load: Load;
  nats: NatsConnection;
  random: SeededRandom;
  signal: AbortSignal;
}

/** Publishes events on `events.<type>`, each until the stream has acknowledged it; among them some that cannot be accepted. */
export async function natsLane(publishing: Publishing): Promise<void> {
  const { load, nats, random, signal } = publishing;
  const client = jetstream(nats);
  const publish = (subject: string, message: { payload: object; id?: string }): Promise<void> =>
    publishUntilAcked(client, { subject, ...message, load, signal });
  for (;;) {
    const numbers = await load.claim(MESSAGES_AT_ONCE);
    if (numbers.length === 0) return;
    const again = pickAgain(numbers, random);
    load.duplicates += again.length;
    await Promise.all([
      ...numbers.map(async (n) => {
        const event = load.plan.at(n);
        // Event ids are unique in a tenant alone, and the ids of messages in the whole stream.
        await publish(`events.${event.type}`, { payload: event, id: `${event.actor.tenant_id}:${event.event_id}` });
        load.answer(n, { inLog: false });
      }),
      // Without an id: JetStream does not know it again, and Cairn has to.
      ...again.map(async (n) => {
        const event = load.plan.at(n);
        await publish(`events.${event.type}`, { payload: event });
        load.answer(n, { inLog: false });
      }),
      ...numbers.filter(() => random.chance(BAD_SHARE)).map(() => publishBad(load, random, publish)),
    ]);
  }
}

async function publishBad(
  load: Load,
  random: SeededRandom,
  publish: (subject: string, message: { payload: object; id: string }) => Promise<void>,
): Promise<void> {
  const bad = load.nextBad();
  const original = conflictingWith(load, random);
  if (original !== null) load.contested.add(original);
  const event = load.plan.at(original ?? 0);
  const properties = { ...event.properties, bad };
  // The same id with another content, or a field that no event has.
  const payload = original === null ? { ...event, event_id: `bad-${String(bad)}`, unheard_of: true, properties } : { ...event, properties };
  await publish(`events.${event.type}`, { payload, id: `bad:${String(bad)}` });
  load.bad.add(bad);
}

/** An event that stands in the log already, so that there is no doubt which of the two came first. */
function conflictingWith(load: Load, random: SeededRandom): number | null {
  for (let i = 0; i < CONFLICT_TRIES_MAX && random.chance(0.9); i++) {
    const n = random.below(Math.max(1, load.claimed));
    if (load.isInLog(n)) return n;
  }
  return null;
}

async function publishUntilAcked(
  client: JetStreamClient,
  message: { subject: string; payload: object; id?: string; load: Load; signal: AbortSignal },
): Promise<void> {
  const payload = JSON.stringify(message.payload);
  for (;;) {
    message.signal.throwIfAborted();
    try {
      await client.publish(message.subject, payload, {
        timeout: ACK_MS_MAX,
        ...(message.id === undefined ? {} : { msgID: message.id }),
      });
      return;
    } catch {
      // No acknowledgement, for whatever reason: it may be in the stream or not.
      message.load.retries++;
      await delay(RETRY_MS);
    }
  }
}
