import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CliContext, CliError, isAlive, readRuntimeFile, UsageError } from '@cairn/cli';
import { connectNats, createLogger, type Logger, Releasers } from '@cairn/runtime';
import { type Database, openDatabase } from '@cairn/store';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Config, ConfigError, readConfig } from './config.js';
import { openServers } from './openServers.js';

/** The servers of an installation, reached past its services. */
export interface Installation {
  config: Config;
  natsUrl: string;
  databaseUrl: string;
  nats: NatsConnection;
  database: Database;
  log: Logger;
  close(): Promise<void>;
}

const CLOSE_MS_MAX = 15_000;

/**
 * The servers that NATS_URL and DATABASE_URL name, else those of the `serve` that runs on the data directory, else embedded ones on
 * what the data directory holds, for as long as this takes.
 * @throws UsageError, CliError no_server, and what the servers say
 */
export async function openInstallation(context: CliContext): Promise<Installation> {
  const config = configOf(context);
  const log = createLogger({ name: 'cairn', level: config.logLevel ?? 'error', pretty: 'auto' });
  const releasers = new Releasers();
  const close = (): Promise<void> => releasers.releaseAll({ timeoutMs: CLOSE_MS_MAX });
  try {
    const { natsUrl, databaseUrl } = await serversOf(context, { config, log, releasers });
    const database = openDatabase({
      url: databaseUrl,
      applicationName: 'cairn-operator',
      onError: (error) => {
        log.warn({ err: error }, 'an idle connection to PostgreSQL broke');
      },
    });
    releasers.add('PostgreSQL connections', () => database.close());
    const nats = await connectNats({ url: natsUrl, name: 'cairn-operator', log });
    releasers.add('NATS connection', () => nats.close());
    return { config, natsUrl, databaseUrl, nats, database, log, close };
  } catch (error) {
    await close();
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError */
export function configOf(context: CliContext): Config {
  try {
    return readConfig(context.config.environment);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

async function serversOf(
  context: CliContext,
  { config, log, releasers }: { config: Config; log: Logger; releasers: Releasers },
): Promise<{ natsUrl: string; databaseUrl: string }> {
  const { dataDirectory } = context.config;
  if (config.natsUrl === undefined && config.databaseUrl === undefined) {
    const running = await readRuntimeFile(dataDirectory);
    if (running !== null && isAlive(running.pid)) return { natsUrl: running.nats_url, databaseUrl: running.database_url };
    if (!['nats', 'postgres'].some((server) => existsSync(join(dataDirectory, server))))
      throw new CliError(
        'no_server',
        `${dataDirectory} holds no data: name its servers with NATS_URL and DATABASE_URL, or set CAIRN_DATA_DIR`,
      );
    context.output.note('cairn: starting nats-server and PostgreSQL on the data directory …');
  }
  return openServers(config, { dataDir: dataDirectory, log, releasers });
}
