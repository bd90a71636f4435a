import {
  admitEvent,
  type CairnEvent,
  DEFAULT_TENANT_ID,
  encodeEventBatch,
  logSubject,
  PARTITIONS_DEFAULT,
  partitionOf,
} from '@cairn/contracts';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Submission } from './standardSubmissions.js';

const PUBLISHES_IN_FLIGHT_MAX = 256;

/** Writes events to the log as ingest would, in entries of so many events. @returns the last sequence of each partition */
export async function fillLog(natsUrl: string, submissions: readonly Submission[], eventsAnEntry: number): Promise<Map<number, number>> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true });
  const js = jetstream(nats);
  const lastSequences = new Map<number, number>();
  const waiting = new Map<number, CairnEvent[]>();
  let inFlight: Promise<void>[] = [];
  const publish = async (partition: number, events: CairnEvent[]): Promise<void> => {
    const bytes = encodeEventBatch({ tenantId: DEFAULT_TENANT_ID, events });
    const { seq } = await js.publish(logSubject(partition, DEFAULT_TENANT_ID), bytes);
    lastSequences.set(partition, Math.max(seq, lastSequences.get(partition) ?? 0));
  };
  const receivedAt = Date.now();
  for (const submission of submissions) {
    const event = admitEvent(submission, { tenantId: DEFAULT_TENANT_ID, mayWriteTo: () => true, receivedAt });
    const partition = partitionOf(DEFAULT_TENANT_ID, event.userId, PARTITIONS_DEFAULT);
    const events = waiting.get(partition) ?? [];
    waiting.set(partition, events);
    if (events.push(event) < eventsAnEntry) continue;
    waiting.delete(partition);
    inFlight.push(publish(partition, events));
    if (inFlight.length < PUBLISHES_IN_FLIGHT_MAX) continue;
    await Promise.all(inFlight);
    inFlight = [];
  }
  for (const [partition, events] of waiting) inFlight.push(publish(partition, events));
  await Promise.all(inFlight);
  await nats.close();
  return lastSequences;
}
