import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { admitStandard } from '../work/admitStandard.js';
import { encodeEntry, gatherEntries } from '../work/logEntries.js';
import type { Submission } from './standardSubmissions.js';

const PUBLISHES_IN_FLIGHT = 256;

/** Writes events to the log as ingest would, in entries of so many events. @returns the last sequence of each partition */
export async function fillLog(natsUrl: string, submissions: readonly Submission[], eventsAnEntry: number): Promise<Map<number, number>> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true });
  const js = jetstream(nats);
  const lastSequences = new Map<number, number>();
  const entries = gatherEntries(admitStandard(submissions), eventsAnEntry).values();
  await Promise.all(
    Array.from({ length: PUBLISHES_IN_FLIGHT }, async () => {
      for (const entry of entries) {
        const { subject, data } = encodeEntry(entry);
        const { seq } = await js.publish(subject, data);
        lastSequences.set(entry.partition, Math.max(seq, lastSequences.get(entry.partition) ?? 0));
      }
    }),
  );
  await nats.close();
  return lastSequences;
}
