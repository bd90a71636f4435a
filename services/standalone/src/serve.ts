import { removeRuntimeFile, writeRuntimeFile } from '@cairn/cli';
import { DEFAULT_TENANT_ID } from '@cairn/contracts';
import {
  connectNats,
  createLogger,
  createMetrics,
  ensureStreams,
  type HttpServer,
  isRuntimeError,
  type Logger,
  type LoggerOptions,
  Releasers,
  startHttpServer,
} from '@cairn/runtime';
import { createToken, type Database, ensureTenant, migrate, openDatabase } from '@cairn/store';
import { composeServices } from './composeServices.js';
import { type Config, HTTP_PORT_DEFAULT, type Target } from './config.js';
import { devToken } from './devToken.js';
import { keepHeapSmall } from './keepHeapSmall.js';
import { openServers, type ServerUrls } from './openServers.js';
import { putHelpersLast } from './putHelpersLast.js';
import { type RehearsalOptions, rehearse } from './rehearsal/rehearse.js';

/** How long one part may take to stop before the next one is stopped. */
const STOP_MS_MAX = 15_000;
/** All parts together: less than the 30 seconds that Kubernetes waits before it kills. Nothing is lost where one has to be left. */
const SHUTDOWN_MS_MAX = 25_000;
const STOP_BOUNDS = { timeoutMs: STOP_MS_MAX, totalMs: SHUTDOWN_MS_MAX };
/** The way of an event is rehearsed where all of it is in this process. */
const REHEARSED: readonly Target[] = ['ingest', 'rule-evaluator'];
const ALL_SCOPES = [
  'events:write',
  'progress:read',
  'unlocks:read',
  'definitions:publish',
  'grants:write',
  'dlq:read',
  'dlq:write',
  'operator',
];

export interface ServeOptions {
  config: Config;
  targets: ReadonlySet<Target>;
  dataDir: string;
  logLevel: LoggerOptions['level'];
  /** Whether the doors open only after a rehearsal, where the configuration does not say. */
  rehearses: boolean;
}

export interface RunningCairn {
  url: string;
  token: string;
  natsUrl: string;
  dataDir: string;
  /** Whether it runs on servers of its own. */
  embedded: boolean;
  log: Logger;
  /** Stops everything, in the reverse of the order it was started in. A second call waits for the first. */
  stop(): Promise<void>;
}

/** Runs the targets in this process, with embedded servers where none are configured. What was started is stopped again where it fails. */
export async function serve(options: ServeOptions): Promise<RunningCairn> {
  keepHeapSmall();
  const releasers = new Releasers();
  try {
    return await start(options, releasers);
  } catch (error) {
    await releasers.releaseAll(STOP_BOUNDS);
    throw error;
  }
}

async function start({ config, targets, dataDir, logLevel, rehearses }: ServeOptions, releasers: Releasers): Promise<RunningCairn> {
  const log = createLogger({ name: 'cairn', level: logLevel, pretty: 'auto' });
  putHelpersLast(log);
  const servers = await openServers(config, { dataDir, log, releasers });
  const database = await openStore(servers, { config, log, releasers });
  const nats = await connectNats({ url: servers.natsUrl, name: 'cairn', log });
  releasers.add('NATS connection', () => nats.close());
  await ensureStreams(nats, { replicas: config.streamReplicas });
  const token = config.token ?? (await devToken(dataDir));
  await ensureTenant(database.pool, DEFAULT_TENANT_ID);
  await createToken(database.pool, { tenantId: DEFAULT_TENANT_ID, name: 'dev', scopes: ALL_SCOPES, token });
  const metrics = createMetrics();
  const { app, pause } = await composeServices({ config, targets, nats, database, ...servers, log, metrics, releasers });
  if ((config.rehearsal ?? rehearses) && REHEARSED.every((target) => targets.has(target)))
    await prepareByRehearsal({ nats, database, databaseUrl: servers.databaseUrl, partitions: config.partitions, log });
  const http = await listen(app, config);
  releasers.add('HTTP server', () => http.stop());
  if (targets.has('api')) await announce({ dataDir, url: http.url, token, servers, releasers });
  // First of all: in the middle of a backlog, evaluating leaves little of the process to all that is to be stopped.
  releasers.add('evaluation', pause);
  return {
    url: http.url,
    token,
    natsUrl: servers.natsUrl,
    dataDir,
    embedded: servers.embedded,
    log,
    stop: () => releasers.releaseAll(STOP_BOUNDS),
  };
}

async function openStore({ databaseUrl }: ServerUrls, of: { config: Config; log: Logger; releasers: Releasers }): Promise<Database> {
  const database = openDatabase({
    url: databaseUrl,
    applicationName: 'cairn',
    onError: (error) => {
      of.log.warn({ err: error }, 'an idle connection to PostgreSQL broke');
    },
  });
  of.releasers.add('PostgreSQL connections', () => database.close());
  await migrate(database.pool, { partitions: of.config.partitions });
  return database;
}

/** Without it all works as well, and is slower at first. */
async function prepareByRehearsal(options: RehearsalOptions): Promise<void> {
  try {
    options.log.debug(await rehearse(options), 'rehearsed');
  } catch (error) {
    options.log.warn({ err: error }, 'the rehearsal failed: the first events take longer than those after them');
  }
}

/** The port that was asked for and no other; without one the default, or a free one where that is taken. */
async function listen(app: Parameters<typeof startHttpServer>[0], { port, host }: Config): Promise<HttpServer> {
  if (port !== undefined) return startHttpServer(app, { port, host });
  try {
    return await startHttpServer(app, { port: HTTP_PORT_DEFAULT, host });
  } catch (error) {
    if (!isRuntimeError(error) || error.code !== 'port_in_use') throw error;
    return startHttpServer(app, { port: 0, host });
  }
}

/** Commands find the server by this file as long as it runs. */
async function announce(of: { dataDir: string; url: string; token: string; servers: ServerUrls; releasers: Releasers }): Promise<void> {
  await writeRuntimeFile(of.dataDir, {
    url: of.url,
    nats_url: of.servers.natsUrl,
    database_url: of.servers.databaseUrl,
    token: of.token,
    pid: process.pid,
  });
  of.releasers.add('runtime.json', () => removeRuntimeFile(of.dataDir));
}
