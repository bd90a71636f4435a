import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@cairn/embedded';

/** How the directories of these servers are called. */
export const OWN_NATS_PREFIX = 'own-nats-';

export interface OwnNatsServer {
  readonly server: NatsServer;
  /** Stops it and deletes its data. */
  drop(): Promise<void>;
}

/** A nats-server for one test file: up in some ten milliseconds, and nothing that others do can be seen in it. */
export async function startOwnNatsServer(parentDir: string): Promise<OwnNatsServer> {
  const dataDir = join(parentDir, `${OWN_NATS_PREFIX}${randomUUID()}`);
  const server = await startNatsServer({ dataDir, log: () => undefined });
  return {
    server,
    drop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
