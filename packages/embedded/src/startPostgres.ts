import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, DatabaseError } from 'pg';
import { awaitReady } from './awaitReady.js';
import { acquireDataDirLock } from './dataDirLock.js';
import { isSystemError } from './errors.js';
import { type Cluster, CONFIG_FILE, initPostgres, POSTGRES_OWNER } from './initPostgres.js';
import { readLastPort, writeLastPort } from './lastPort.js';
import { makeOwnDir } from './makeOwnDir.js';
import { preparePostgresBinaries } from './postgresBinaries.js';
import { type PostgresSettings, renderPostgresConfig } from './postgresConfig.js';
import { type ServerExit, type ServerProcess, spawnServer } from './serverProcess.js';
import { stopOrphanedPostgres } from './stopOrphanedPostgres.js';
import { type RunningServer, superviseServer } from './superviseServer.js';
import { type RunAs, runAsAccount, unprivilegedAccount } from './unprivilegedAccount.js';

/** After a crash PostgreSQL reads its log back before it answers: up to `max_wal_size`. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The line of postmaster.pid that says how far the server is. */
const STATUS_LINE = 7;
/** SQLSTATE: there is no database of that name. */
const INVALID_CATALOG_NAME = '3D000';

export interface PostgresOptions {
  /** A directory for this server alone; made when it is not there. */
  readonly dataDir: string;
  /** The port that is wanted. When it is taken or absent: the one of the last start, else any free one. */
  readonly port?: number | undefined;
  /** On top of the defaults, such as `{ fsync: 'off' }` for tests. */
  readonly settings?: PostgresSettings | undefined;
  /** Gets each line that the server writes. */
  log(line: string): void;
  /** Called when the server ends without having been asked to; `restart` brings it back. */
  readonly onUnexpectedExit?: ((exit: ServerExit) => void) | undefined;
}

export interface PostgresServer extends RunningServer {
  /** To the database `cairn`. Holds the password: not for logs. */
  readonly url: string;
  /** To the database `postgres`, by a user who may make and drop databases. */
  readonly adminUrl: string;
}

/**
 * Starts PostgreSQL on 127.0.0.1, and makes its cluster at the first start. An earlier one on the same directory whose parent
 * died is stopped first. As root it runs as another user, since it refuses to run as root.
 *
 * @throws EmbeddedError `data_dir_in_use`, `data_dir_unreachable`, `data_version`, `postgres_missing`, `start_failed`, `start_timeout`
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const account = await unprivilegedAccount();
  const dir = await makeOwnDir(options.dataDir, account);
  const lock = await acquireDataDirLock(dir);
  try {
    await stopOrphanedPostgres(dir);
    const runAs = await runAsAccount(account, dir);
    const binaries = await preparePostgresBinaries(dir, runAs);
    const env = { HOME: dir, LC_ALL: 'C', TZ: 'UTC' };
    const cluster = await initPostgres(dir, { binaries, account, runAs, env, durable: options.settings?.fsync !== 'off' });
    const server = await superviseServer(
      {
        // Fast shutdown: open transactions are rolled back, all that is committed is written out.
        stopSignal: 'SIGINT',
        stopTimeoutMs: STOP_TIMEOUT_MS,
        launch: (port) => launch({ ...options, ...cluster, dir, file: binaries.postgres, env, runAs, port }),
        sweep: () => stopOrphanedPostgres(dir),
        onUnexpectedExit: options.onUnexpectedExit,
        release: () => lock.release(),
      },
      [options.port, await readLastPort(dir)],
    );
    const urlOf = (database: string): string => urlTo(database, { port: server.port, password: cluster.password });
    return Object.assign(server, { url: urlOf(POSTGRES_OWNER), adminUrl: urlOf('postgres') });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

type LaunchOptions = PostgresOptions &
  Cluster & { dir: string; file: string; env: Readonly<Record<string, string>>; runAs: RunAs; port: number };

async function launch({ dir, dataDir, password, file, env, runAs, port, settings = {}, log }: LaunchOptions): Promise<ServerProcess> {
  await writeFile(join(dataDir, CONFIG_FILE), renderPostgresConfig(port, settings), { mode: 0o644 });
  await writeLastPort(dir, port);
  // The data directory stands last on the command line: that is how an orphan is recognised.
  const server = await spawnServer(runAs({ file, args: ['-D', dataDir], cwd: dataDir, env }), { stopSignal: 'SIGINT', log });
  const isReady = async (): Promise<boolean> => {
    if (!(await saysReady(dataDir, server.pid))) return false;
    await ensureDatabase({ port, password });
    return true;
  };
  await awaitReady(server, { name: 'PostgreSQL', timeoutMs: START_TIMEOUT_MS, isReady });
  return server;
}

/** Whether this very process has declared itself ready, in the file that `pg_ctl --wait` looks at too. */
async function saysReady(dataDir: string, pid: number): Promise<boolean> {
  try {
    const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
    return Number(lines[0]) === pid && lines[STATUS_LINE]?.trim() === 'ready';
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Connecting is the proof that all is well; only a new cluster has the database still to be made. */
async function ensureDatabase(server: { port: number; password: string }): Promise<void> {
  try {
    await runStatement(urlTo(POSTGRES_OWNER, server), 'SELECT 1');
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== INVALID_CATALOG_NAME) throw error;
    await runStatement(urlTo('postgres', server), `CREATE DATABASE ${POSTGRES_OWNER}`);
  }
}

async function runStatement(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlTo(database: string, { port, password }: { port: number; password: string }): string {
  return `postgres://${POSTGRES_OWNER}:${password}@127.0.0.1:${port}/${database}`;
}
