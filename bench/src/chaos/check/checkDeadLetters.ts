import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Load } from '../load/Load.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';

const STREAM = 'CAIRN_DLQ';
const MESSAGES_AT_ONCE = 500;
const FETCH_MS = 5_000;

/** What could not be accepted is there, and nothing that could: of an event, at most a repetition that was taken for the other one under its id. */
export async function checkDeadLetters(nats: NatsConnection, load: Load): Promise<Check> {
  const found = new Set<number>();
  const differences: string[] = [];
  const tell = (what: string): void => {
    if (differences.length < DIFFERENCES_SHOWN_MAX) differences.push(what);
  };
  const consumer = await jetstream(nats).consumers.get(STREAM, { deliver_policy: DeliverPolicy.All });
  let { num_pending: left } = await consumer.info();
  while (left > 0) {
    for await (const message of await consumer.fetch({ max_messages: Math.min(MESSAGES_AT_ONCE, left), expires: FETCH_MS })) {
      left = message.info.pending;
      const letter = message.json<{ event_id: string; actor: { tenant_id: string }; properties: { bad?: number } }>();
      const { bad } = letter.properties;
      const n = load.plan.numberOf(letter.actor.tenant_id, letter.event_id);
      if (bad === undefined && n !== null && load.contested.has(n)) continue;
      if (bad === undefined || !load.bad.has(bad))
        tell(`should have counted: ${letter.event_id} of ${letter.actor.tenant_id}: ${message.headers?.get('Cairn-Error') ?? ''}`);
      else found.add(bad);
    }
  }
  for (const bad of load.bad) if (!found.has(bad)) tell(`lost: the bad event ${String(bad)}`);
  return { name: 'refused events in dead letters', expected: load.bad.size, found: found.size, differences };
}
