import { admitEvent, encodeEventBatch, logSubject, partitionOf, type WireEvent } from '@cairn/contracts';
import { connectNats, createHttpApp, createLogger, createMetrics, ensureStreams, type HttpServer, startHttpServer } from '@cairn/runtime';
import { createToken, type Database, findToken, migrate, openDatabase } from '@cairn/store';
import { type FreshDatabase, type FreshNats, freshDatabase, freshNats } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Api, type ApiLimits, createApi } from '../createApi.js';
import type { AnswerBody } from './AnswerBody.js';
import { LogFolder } from './LogFolder.js';

export const PARTITIONS = 3;
const ALL_SCOPES = ['events:write', 'progress:read', 'unlocks:read', 'definitions:publish', 'grants:write', 'dlq:read', 'dlq:write'];
const log = createLogger({ name: 'test', level: 'fatal', pretty: 'off' });

/** An answer, read to the end. */
export interface Answer {
  status: number;
  headers: Headers;
  body: AnswerBody;
}

/** The API behind a real HTTP server, on real servers, with somebody who folds the log. */
export class ApiHarness {
  readonly folder: LogFolder;
  readonly database: Database;
  readonly nats: NatsConnection;
  readonly servers: { nats: FreshNats; database: FreshDatabase };
  readonly api: Api;
  readonly #http: HttpServer;

  private constructor(parts: Pick<ApiHarness, 'folder' | 'database' | 'nats' | 'servers' | 'api'> & { http: HttpServer }) {
    this.folder = parts.folder;
    this.database = parts.database;
    this.nats = parts.nats;
    this.servers = parts.servers;
    this.api = parts.api;
    this.#http = parts.http;
  }

  static async open(limits: Partial<ApiLimits> = {}): Promise<ApiHarness> {
    const freshDb = await freshDatabase({ key: `api-${PARTITIONS}`, prepare: prepareDatabase });
    const freshBroker = await freshNats();
    const database = openDatabase({ url: freshDb.url, applicationName: 'api-test', onError: fail });
    const nats = await connectNats({ url: freshBroker.url, name: 'api-test', log });
    await ensureStreams(nats, { replicas: 1 });
    const folder = await LogFolder.open({ nats, database, databaseUrl: freshDb.url, partitions: PARTITIONS });
    folder.resume();
    const metrics = createMetrics({ processMetrics: false });
    const api = createApi({ nats, database, log, metrics, partitions: PARTITIONS, version: '1.2.3', natsUrl: freshBroker.url, limits });
    await api.start();
    const authenticate = async (token: string) => {
      const found = await findToken(database.pool, token);
      return found === null ? null : { ...found, scopes: new Set(found.scopes) };
    };
    const app = createHttpApp({ authenticate, log, metrics, readiness: () => api.ready() });
    app.route('/', api.routes());
    const http = await startHttpServer(app, { port: 0, host: '127.0.0.1' });
    return new ApiHarness({ folder, database, nats, servers: { nats: freshBroker, database: freshDb }, api, http });
  }

  async close(): Promise<void> {
    await this.#http.stop();
    await this.api.stop();
    await this.folder.close();
    await this.nats.close();
    await this.database.close();
    await this.servers.database.drop();
    await this.servers.nats.drop();
  }

  async token(tenantId: string, scopes: readonly string[] = ALL_SCOPES): Promise<string> {
    return (await createToken(this.database.pool, { tenantId, name: `${tenantId}-test`, scopes })).token;
  }

  async call(method: string, path: string, request: { token: string; body?: unknown; headers?: Record<string, string> }): Promise<Answer> {
    const response = await this.fetch(path, { method, ...request });
    return { status: response.status, headers: response.headers, body: (await response.json()) as AnswerBody };
  }

  /** An answer as it comes. */
  fetch(
    path: string,
    request: { method: string; token: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Response> {
    const { method, token, body, headers = {}, signal } = request;
    return fetch(`${this.#http.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  get(path: string, token: string): Promise<Answer> {
    return this.call('GET', path, { token });
  }

  /** Puts events into the log as ingest does. @returns the last sequence */
  async append(tenantId: string, events: readonly WireEvent[]): Promise<number> {
    let last = 0;
    const admitted = events.map((event) => admitEvent(event, { tenantId, mayWriteTo: () => true, receivedAt: Date.now() }));
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = admitted.filter((event) => partitionOf(tenantId, event.userId, PARTITIONS) === partition);
      if (own.length === 0) continue;
      const ack = await jetstream(this.nats).publish(logSubject(partition, tenantId), encodeEventBatch({ tenantId, events: own }));
      last = Math.max(last, ack.seq);
    }
    return last;
  }
}

async function prepareDatabase(url: string): Promise<void> {
  const empty = openDatabase({ url, applicationName: 'prepare', onError: fail });
  await migrate(empty.pool, { partitions: PARTITIONS });
  await empty.close();
}

function fail(error: Error): never {
  throw error;
}
