import { LOG_STREAM } from '@cairn/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { ArchiveError } from './ArchiveError.js';

/** Lets an empty log go on behind a place, where there is no archive to bring it back from. @throws ArchiveError */
export async function beginBehind(nats: NatsConnection, place: number): Promise<void> {
  const manager = await jetstreamManager(nats);
  const { state } = await manager.streams.info(LOG_STREAM);
  if (state.messages > 0 || state.last_seq > place)
    throw new ArchiveError('log_in_use', `the log is not lost: it goes up to ${state.last_seq}`);
  if (place > 0) await manager.streams.purge(LOG_STREAM, { seq: place + 1 });
}
