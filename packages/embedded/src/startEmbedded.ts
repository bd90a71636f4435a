import { join } from 'node:path';
import { acquireDataDirLock } from './dataDirLock.js';
import { EmbeddedError } from './errors.js';
import { makeOwnDir } from './makeOwnDir.js';
import type { PostgresSettings } from './postgresConfig.js';
import type { ServerExit } from './serverProcess.js';
import { type NatsServer, startNatsServer } from './startNatsServer.js';
import { type PostgresServer, startPostgres } from './startPostgres.js';
import { unprivilegedAccount } from './unprivilegedAccount.js';

export type EmbeddedServerName = 'nats-server' | 'postgres';

export interface EmbeddedOptions {
  /** Holds all that both servers keep, each in a directory of its own below it. Made when it is not there. */
  readonly dataDir: string;
  /** The ports that are wanted; see the options of each server. */
  readonly natsPort?: number | undefined;
  readonly postgresPort?: number | undefined;
  /** See `NatsServerOptions`. */
  readonly syncInterval?: string | undefined;
  readonly natsServerBinary?: string | undefined;
  /** See `PostgresOptions`. */
  readonly postgresSettings?: PostgresSettings | undefined;
  /** Gets each line that one of the servers writes. */
  log(line: string, server: EmbeddedServerName): void;
  /** Called when a server ends without having been asked to. */
  readonly onUnexpectedExit?: ((server: EmbeddedServerName, exit: ServerExit) => void) | undefined;
}

export interface EmbeddedServers {
  readonly nats: NatsServer;
  readonly postgres: PostgresServer;
  readonly natsUrl: string;
  /** To the database `cairn`. Holds the password: not for logs. */
  readonly databaseUrl: string;
  /** Stops both, and gives the data directory free. Safe to call more than once. */
  stop(): Promise<void>;
}

/**
 * Starts nats-server and PostgreSQL side by side on one data directory. Either both run or none does.
 *
 * @throws EmbeddedError as `startNatsServer` and `startPostgres` do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServers> {
  const dir = await makeOwnDir(options.dataDir, await unprivilegedAccount());
  const lock = await acquireDataDirLock(dir);
  const [nats, postgres] = await Promise.allSettled([startNats(dir, options), startDatabase(dir, options)]);
  if (nats.status === 'fulfilled' && postgres.status === 'fulfilled') {
    return assemble(nats.value, postgres.value, () => lock.release());
  }
  const failures: unknown[] = [];
  for (const result of [nats, postgres]) {
    if (result.status === 'fulfilled') await result.value.stop();
    else failures.push(result.reason);
  }
  await lock.release();
  throw failures.length === 1 ? failures[0] : bothFailed(failures);
}

function bothFailed(failures: readonly unknown[]): EmbeddedError {
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  return new EmbeddedError('start_failed', reasons.join('\n'), { cause: new AggregateError(failures) });
}

function assemble(nats: NatsServer, postgres: PostgresServer, release: () => Promise<void>): EmbeddedServers {
  let stopped: Promise<void> | null = null;
  const stopAll = async (): Promise<void> => {
    await postgres.stop();
    await nats.stop();
    await release();
  };
  return {
    nats,
    postgres,
    natsUrl: nats.url,
    databaseUrl: postgres.url,
    stop: () => (stopped ??= stopAll()),
  };
}

function startNats(dir: string, { natsPort, syncInterval, natsServerBinary, log, onUnexpectedExit }: EmbeddedOptions): Promise<NatsServer> {
  return startNatsServer({
    dataDir: join(dir, 'nats'),
    port: natsPort,
    syncInterval,
    binary: natsServerBinary,
    log: (line) => log(line, 'nats-server'),
    onUnexpectedExit: (exit) => onUnexpectedExit?.('nats-server', exit),
  });
}

function startDatabase(dir: string, { postgresPort, postgresSettings, log, onUnexpectedExit }: EmbeddedOptions): Promise<PostgresServer> {
  return startPostgres({
    dataDir: join(dir, 'postgres'),
    port: postgresPort,
    settings: postgresSettings,
    log: (line) => log(line, 'postgres'),
    onUnexpectedExit: (exit) => onUnexpectedExit?.('postgres', exit),
  });
}
