import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedServers, startEmbedded } from '@cairn/embedded';
import { type Database, openDatabase } from '@cairn/store';
import { EvaluatorFleet } from './EvaluatorFleet.js';
import { RunningServe } from './RunningServe.js';

interface Parts {
  dataDir: string;
  env: Record<string, string>;
  url: string;
  servers: EmbeddedServers;
  doors: RunningServe;
  database: Database;
  fleet: EvaluatorFleet;
}

/** Cairn in processes of their own on the same servers: one with the doors and the API, and as many evaluators as a test lets join. */
export class ScaledCairn {
  readonly dataDir: string;
  /** What each of its processes is started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly database: Database;
  readonly fleet: EvaluatorFleet;
  readonly #servers: EmbeddedServers;
  readonly #doors: RunningServe;

  private constructor(token: string, parts: Parts) {
    this.dataDir = parts.dataDir;
    this.env = parts.env;
    this.url = parts.url;
    this.headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    this.database = parts.database;
    this.fleet = parts.fleet;
    this.#servers = parts.servers;
    this.#doors = parts.doors;
  }

  static async start(token: string): Promise<ScaledCairn> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
    const servers = await startEmbedded({ dataDir: join(dataDir, 'servers'), log: () => undefined });
    const env = {
      NATS_URL: servers.natsUrl,
      DATABASE_URL: servers.databaseUrl,
      CAIRN_TOKEN: token,
      CAIRN_LOG_LEVEL: 'error',
      CAIRN_PORT: '0',
    };
    const doors = await RunningServe.start(['serve', '--target', 'ingest,api'], { ...env, CAIRN_DATA_DIR: join(dataDir, 'doors') });
    const { url } = await doors.runtime();
    const database = openDatabase({ url: servers.databaseUrl, applicationName: 'scaled-test', onError: fail });
    const fleet = new EvaluatorFleet({ env, dataDir, database });
    return new ScaledCairn(token, { dataDir, env, url, servers, doors, database, fleet });
  }

  async stop(): Promise<void> {
    await this.fleet.stop();
    await this.#doors.end('SIGTERM');
    await this.database.close();
    await this.#servers.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Answers what the API answers, and fails where that refuses. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: this.headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${String(response.status)}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

function fail(error: Error): never {
  throw error;
}
