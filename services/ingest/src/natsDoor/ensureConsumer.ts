import { isDeepStrictEqual } from 'node:util';
import { EVENTS_STREAM, EVENTS_SUBJECTS } from '@cairn/contracts';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { DOOR_ACK_PENDING_MAX, DOOR_ACK_WAIT_MS } from '../limits.js';

/** Shared by all replicas: each message goes to one of them. */
export const INGEST_CONSUMER = 'ingest';

/** What a running consumer can be changed to. */
const CHANGEABLE = {
  description: 'The NATS door of Cairn',
  ack_wait: nanos(DOOR_ACK_WAIT_MS),
  max_ack_pending: DOOR_ACK_PENDING_MAX,
  // Until it is acknowledged: an event is never given up.
  max_deliver: -1,
} as const satisfies Partial<ConsumerConfig>;

const CONSUMER = {
  ...CHANGEABLE,
  name: INGEST_CONSUMER,
  durable_name: INGEST_CONSUMER,
  filter_subject: EVENTS_SUBJECTS,
  deliver_policy: DeliverPolicy.All,
  ack_policy: AckPolicy.Explicit,
} as const satisfies Partial<ConsumerConfig>;

/** Makes the consumer of the NATS door, or brings one of an earlier version up to date. Replicas may do it at once. */
export async function ensureConsumer(manager: JetStreamManager): Promise<void> {
  const present = await findConfig(manager);
  if (present === null) await manager.consumers.add(EVENTS_STREAM, CONSUMER);
  else if (!isUpToDate(present)) await manager.consumers.update(EVENTS_STREAM, INGEST_CONSUMER, CHANGEABLE);
}

async function findConfig(manager: JetStreamManager): Promise<ConsumerConfig | null> {
  try {
    return (await manager.consumers.info(EVENTS_STREAM, INGEST_CONSUMER)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return null;
    throw error;
  }
}

function isUpToDate(present: ConsumerConfig): boolean {
  return Object.entries(CHANGEABLE).every(([field, value]) => isDeepStrictEqual(present[field as keyof ConsumerConfig], value));
}
