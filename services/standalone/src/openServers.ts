import { startEmbedded } from '@cairn/embedded';
import type { Logger, Releasers } from '@cairn/runtime';
import { type Config, ConfigError } from './config.js';

export interface ServerUrls {
  natsUrl: string;
  databaseUrl: string;
  embedded: boolean;
}

/** The servers that the configuration names, or embedded ones on the data directory. One without the other is a mistake. */
export async function openServers(
  config: Config,
  { dataDir, log, releasers }: { dataDir: string; log: Logger; releasers: Releasers },
): Promise<ServerUrls> {
  const { natsUrl, databaseUrl } = config;
  if (natsUrl !== undefined && databaseUrl !== undefined) return { natsUrl, databaseUrl, embedded: false };
  if (natsUrl !== undefined || databaseUrl !== undefined) {
    const [given, missing] = natsUrl === undefined ? ['DATABASE_URL', 'NATS_URL'] : ['NATS_URL', 'DATABASE_URL'];
    throw new ConfigError(`${given} is set but ${missing} is not: set both, or neither for embedded servers`);
  }
  const servers = await startEmbedded({
    dataDir,
    syncInterval: config.natsSyncInterval,
    natsServerBinary: config.natsServerBinary,
    log: (line, server) => {
      log.debug({ server }, line);
    },
    onUnexpectedExit: (server, exit) => {
      log.error({ server, exit }, 'an embedded server ended: starting it again; nothing that was accepted is lost');
      const ended = server === 'postgres' ? servers.postgres : servers.nats;
      ended.restart().catch((error: unknown) => {
        log.fatal({ err: error, server }, 'the embedded server does not start again: restart Cairn');
      });
    },
  });
  releasers.add('embedded servers', () => servers.stop());
  return { natsUrl: servers.natsUrl, databaseUrl: servers.databaseUrl, embedded: true };
}
