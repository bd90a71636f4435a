import { admitEvent, encodeEventBatch, logSubject, partitionOf, type WireEvent } from '@cairn/contracts';
import { connectNats, createHttpApp, createLogger, createMetrics, ensureStreams, type HttpServer, startHttpServer } from '@cairn/runtime';
import { createToken, type Database, findToken, migrate, openDatabase } from '@cairn/store';
import { eventually, type FreshDatabase, type FreshNats, freshDatabase, freshNats } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect } from 'vitest';
import { type Api, type ApiLimits, createApi } from '../createApi.js';
import type { AnswerBody, AnswerItem } from './AnswerBody.js';
import { LogFolder } from './LogFolder.js';
import { TEST_PACK } from './packs.js';

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
  #tenants = 0;

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

  /** A tenant of its own, with a token for everything. */
  async newTenant(): Promise<{ tenant: string; token: string }> {
    const tenant = `tenant-${++this.#tenants}`;
    return { tenant, token: await this.token(tenant) };
  }

  /** The same, with the test pack in effect. */
  async newTenantWithPack(): Promise<{ tenant: string; token: string }> {
    const { tenant, token } = await this.newTenant();
    const published = await this.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
    expect(published).toMatchObject({ status: 200, body: { in_effect: true } });
    return { tenant, token };
  }

  /** Until all that the log holds is evaluated. */
  async evaluated(token: string): Promise<void> {
    await eventually(async () => expect((await this.get('/v1/status', token)).body).toMatchObject({ lag: 0 }));
  }

  /** A list to its end, page by page. */
  async pages(path: string, token: string, items: 'items' | 'entries'): Promise<AnswerItem[]> {
    const all: AnswerItem[] = [];
    let cursor: string | null = null;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const page: Answer = await this.get(`${path}${cursor === null ? '' : `${separator}cursor=${cursor}`}`, token);
      expect(page.status).toBe(200);
      all.push(...page.body[items]);
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    return all;
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
