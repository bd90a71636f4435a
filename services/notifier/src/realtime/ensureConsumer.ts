import { type ConsumerConfig, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';

/** Of the NATS server, https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const CONSUMER_ALREADY_EXISTS = 10148;

/** Makes a durable consumer, or brings the one that is there up to date: replicas share it, and a newer release may set it otherwise. */
export async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  config: Partial<ConsumerConfig> & { durable_name: string },
): Promise<void> {
  try {
    await manager.consumers.add(stream, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_ALREADY_EXISTS) throw error;
    await manager.consumers.update(stream, config.durable_name, config);
  }
}
