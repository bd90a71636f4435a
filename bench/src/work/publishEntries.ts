import { DEFAULT_TENANT_ID, LOG_STREAM, logSubject } from '@cairn/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { publishRaw, type RawMessage } from '../jetstream/publishRaw.js';

const PUBLISHES_IN_FLIGHT = 256;

/** Writes entries to the log that were encoded before, as fast as it takes them. @returns the last sequence of each partition */
export async function publishEntries(
  natsUrl: string,
  of: { messages: readonly RawMessage[]; partitions: number },
): Promise<Map<number, number>> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true });
  try {
    await publishRaw(nats, of.messages, PUBLISHES_IN_FLIGHT);
    const manager = await jetstreamManager(nats);
    const last = new Map<number, number>();
    for (let partition = 0; partition < of.partitions; partition++) {
      const message = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: logSubject(partition, DEFAULT_TENANT_ID) });
      if (message !== null) last.set(partition, message.seq);
    }
    return last;
  } finally {
    await nats.close();
  }
}
