import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { awaitReady } from './awaitReady.js';
import { acquireDataDirLock } from './dataDirLock.js';
import { findNatsServer } from './findNatsServer.js';
import { readLastPort, writeLastPort } from './lastPort.js';
import { makeOwnDir } from './makeOwnDir.js';
import { renderNatsConfig } from './natsConfig.js';
import { type ServerExit, type ServerProcess, spawnServer } from './serverProcess.js';
import { NATS_CONFIG_FILE, stopOrphanedNatsServer } from './stopOrphanedNatsServer.js';
import { type RunningServer, superviseServer } from './superviseServer.js';

/** nats-server reads all its streams back before it listens; a large store takes a while. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const PROBE_TIMEOUT_MS = 5_000;

export interface NatsServerOptions {
  /** A directory for this server alone; made when it is not there. */
  readonly dataDir: string;
  /** The port that is wanted. When it is taken or absent: the one of the last start, else any free one. */
  readonly port?: number | undefined;
  /** `always` (the default: an acknowledgement means on disk), or an interval such as `10s`. */
  readonly syncInterval?: string | undefined;
  /** The beginning of the server's name; default `cairn`. */
  readonly name?: string | undefined;
  /** The nats-server to run instead of the packaged one: a path, or a name on the PATH. */
  readonly binary?: string | undefined;
  /** Gets each line that the server writes. */
  log(line: string): void;
  /** Called when the server ends without having been asked to; `restart` brings it back. */
  readonly onUnexpectedExit?: ((exit: ServerExit) => void) | undefined;
}

export interface NatsServer extends RunningServer {
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** Of the nats-server, such as `2.14.0`. */
  readonly version: string;
}

/**
 * Starts a nats-server with JetStream on 127.0.0.1. An earlier one on the same directory whose parent died is stopped first.
 *
 * @throws EmbeddedError `data_dir_in_use`, `nats_server_missing`, `start_failed`, `start_timeout`
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const dir = await makeOwnDir(options.dataDir, null);
  const lock = await acquireDataDirLock(dir);
  try {
    const binary = await findNatsServer(options.binary);
    const sweep = (): Promise<void> => stopOrphanedNatsServer(dir);
    await sweep();
    const server = await superviseServer(
      {
        stopSignal: 'SIGTERM',
        stopTimeoutMs: STOP_TIMEOUT_MS,
        launch: (port) => launch({ ...options, dir, file: binary.path, port }),
        sweep,
        onUnexpectedExit: options.onUnexpectedExit,
        release: () => lock.release(),
      },
      [options.port, await readLastPort(dir)],
    );
    return Object.assign(server, { url: urlOf(server.port), version: binary.version });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

type LaunchOptions = NatsServerOptions & { dir: string; file: string; port: number };

async function launch({ dir, file, port, name = 'cairn', syncInterval = 'always', log }: LaunchOptions): Promise<ServerProcess> {
  const configFile = join(dir, NATS_CONFIG_FILE);
  // A name of its own each time tells this server from another that may have been faster to bind the port.
  const serverName = `${name}-${randomUUID().slice(0, 8)}`;
  await writeFile(configFile, renderNatsConfig({ serverName, port, storeDir: dir, syncInterval }), { mode: 0o600 });
  await writeLastPort(dir, port);
  const server = await spawnServer({ file, args: ['-c', configFile], cwd: dir }, { stopSignal: 'SIGTERM', log });
  await awaitReady(server, { name: 'nats-server', timeoutMs: START_TIMEOUT_MS, isReady: () => answers(port, serverName) });
  return server;
}

/** Whether this very server accepts connections and has JetStream up. */
async function answers(port: number, serverName: string): Promise<boolean> {
  let connection: NatsConnection | null = null;
  try {
    connection = await connect({ servers: urlOf(port), reconnect: false, timeout: PROBE_TIMEOUT_MS, noAsyncTraces: true });
    if (connection.info?.server_name !== serverName) return false;
    await (await jetstreamManager(connection, { checkAPI: false })).getAccountInfo();
    return true;
  } catch {
    // Refused or cut off: not ready yet. Whether the process is still alive is looked at elsewhere.
    return false;
  } finally {
    await connection?.close();
  }
}

function urlOf(port: number): string {
  return `nats://127.0.0.1:${port}`;
}
