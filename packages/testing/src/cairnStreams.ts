import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const STREAM_NAMES = ['EVENTS', 'CAIRN_LOG', 'CAIRN_DLQ', 'CAIRN_REDACTED'] as const;

/** Deletes Cairn's streams, those of them that exist. */
export async function deleteStreams(natsUrl: string): Promise<void> {
  await eachStream(natsUrl, async (manager, { config }) => void (await manager.streams.delete(config.name)));
}

/**
 * Tests delete streams, so they refuse a server where that would cost somebody their data.
 *
 * @throws when one of Cairn's streams holds a message
 */
export async function refuseFullStreams(natsUrl: string): Promise<void> {
  await eachStream(natsUrl, async (_manager, { config, state }) => {
    if (state.messages === 0) return;
    throw new Error(
      `the stream ${config.name} on the server of NATS_URL holds ${state.messages} messages, and tests would delete it: delete it yourself, or name another server`,
    );
  });
}

async function eachStream(natsUrl: string, action: (manager: JetStreamManager, stream: StreamInfo) => Promise<void>): Promise<void> {
  const connection = await connect({ servers: natsUrl, noAsyncTraces: true });
  try {
    const manager = await jetstreamManager(connection);
    for (const name of STREAM_NAMES) {
      const stream = await infoOf(manager, name);
      if (stream !== null) await action(manager, stream);
    }
  } finally {
    await connection.close();
  }
}

async function infoOf(manager: JetStreamManager, name: string): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return null;
    throw error;
  }
}
