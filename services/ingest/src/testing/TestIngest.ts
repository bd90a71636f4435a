import { type CairnEvent, decodeEventBatch, PARTITIONS_DEFAULT, PackedIdentity } from '@cairn/contracts';
import {
  connectNats,
  createHttpApp,
  createLogger,
  createMetrics,
  ensureStreams,
  type HttpServer,
  type Metrics,
  startHttpServer,
} from '@cairn/runtime';
import {
  acquirePartitions,
  commitBatch,
  type Database,
  emptyEventColumns,
  ensureTenant,
  loadUsers,
  migrate,
  openDatabase,
  openPipeline,
} from '@cairn/store';
import { freshDatabase, freshNats } from '@cairn/testing';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { createIngest, type Ingest, type IngestOptions } from '../createIngest.js';

/** What `freshDatabase` is to hold. */
export const migratedDatabase = {
  key: 'ingest',
  prepare: async (url: string): Promise<void> => {
    const database = openDatabase({ url, applicationName: 'ingest-test', onError: ignoreLostConnection });
    await migrate(database.pool, { partitions: PARTITIONS_DEFAULT });
    await database.close();
  },
};

/** A test that kills a server loses its connections; one that does not notices by what fails. */
function ignoreLostConnection(): void {
  return undefined;
}

type TestIngestOptions = Partial<Pick<IngestOptions, 'natsTenants' | 'limits'>>;

export interface TestServersUrls {
  natsUrl: string;
  databaseUrl: string;
}

export const TOKENS = { default: 'writer', other: 'other-writer', reader: 'reader' } as const;

interface Parts {
  nats: NatsConnection;
  database: Database;
  metrics: Metrics;
  ingest: Ingest;
  server: HttpServer;
  urls: TestServersUrls;
  manager: JetStreamManager;
}

/** Ingest as the composition root runs it, on real servers, with an HTTP port of its own. */
export class TestIngest {
  private readonly parts: Parts;
  private ownServers: readonly { drop(): Promise<void> }[] = [];

  private constructor(parts: Parts) {
    this.parts = parts;
  }

  /** On servers of its own, which go with it. */
  static async open(options: TestIngestOptions = {}): Promise<TestIngest> {
    const [nats, database] = await Promise.all([freshNats(), freshDatabase(migratedDatabase)]);
    const ingest = await TestIngest.start({ natsUrl: nats.url, databaseUrl: database.url }, options);
    ingest.ownServers = [nats, database];
    return ingest;
  }

  static async start(urls: TestServersUrls, options: TestIngestOptions = {}): Promise<TestIngest> {
    const log = createLogger({ name: 'ingest-test', level: 'silent', pretty: 'off' });
    const metrics = createMetrics({ processMetrics: false });
    const nats = await connectNats({ url: urls.natsUrl, name: 'ingest-test', log });
    await ensureStreams(nats, { replicas: 1 });
    const database = openDatabase({ url: urls.databaseUrl, applicationName: 'ingest-test', onError: ignoreLostConnection });
    const ingest = createIngest({
      nats,
      database,
      databaseUrl: urls.databaseUrl,
      log,
      metrics,
      partitions: PARTITIONS_DEFAULT,
      natsTenants: ['default'],
      ...options,
    });
    await ingest.start();
    const app = createHttpApp({ authenticate, log, metrics, readiness: () => ingest.ready() });
    app.route('/', ingest.routes());
    for (const route of ingest.directRoutes()) app.routeDirectly(route);
    const server = await startHttpServer(app, { port: 0, host: '127.0.0.1' });
    return new TestIngest({ nats, database, metrics, ingest, server, urls, manager: await jetstreamManager(nats, { checkAPI: false }) });
  }

  get nats(): NatsConnection {
    return this.parts.nats;
  }

  get database(): Database {
    return this.parts.database;
  }

  async stop(): Promise<void> {
    await this.parts.server.stop();
    await this.parts.ingest.stop();
    await this.parts.nats.close();
    await this.parts.database.close();
    await Promise.all(this.ownServers.map((server) => server.drop()));
  }

  get url(): string {
    return this.parts.server.url;
  }

  /** `POST /v1/events`. */
  async post(
    body: unknown,
    { token = TOKENS.default, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
  ): Promise<Answered> {
    const response = await fetch(`${this.url}/v1/events`, {
      method: 'POST',
      body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as PostAnswer };
  }

  /** All that the log holds, in its order. */
  async logged(): Promise<(CairnEvent & { sequence: number })[]> {
    const messages = await this.stored('CAIRN_LOG');
    return messages.flatMap(({ seq, data }) => decodeEventBatch(data).events.map((event) => ({ ...event, sequence: seq })));
  }

  deadLetters(): Promise<StoredMsg[]> {
    return this.stored('CAIRN_DLQ');
  }

  /**
   * Messages that the NATS door has not finished with. The consumer counts a message only a moment after the stream has
   * acknowledged it, so what it says is compared with where the stream ends.
   */
  async backlog(): Promise<number> {
    const { state } = await this.parts.manager.streams.info('EVENTS');
    const { ack_floor: floor } = await this.parts.manager.consumers.info('EVENTS', 'ingest');
    return state.last_seq - floor.stream_seq;
  }

  async counted(door: 'http' | 'nats'): Promise<Record<string, number>> {
    const metric = await this.parts.metrics.registry.getSingleMetric('cairn_ingest_events_total')?.get();
    const values = (metric?.values ?? []).filter(({ labels }) => labels['door'] === door);
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels['status']), value]));
  }

  private async stored(stream: string): Promise<StoredMsg[]> {
    const { state } = await this.parts.manager.streams.info(stream);
    const messages: StoredMsg[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      try {
        const message = await this.parts.manager.streams.getMessage(stream, { seq });
        if (message !== null) messages.push(message);
      } catch (error) {
        if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound)) throw error;
      }
    }
    return messages;
  }

  /** Writes rows of `events` as the evaluator does for what it has evaluated. */
  async evaluate(events: readonly (CairnEvent & { sequence: number })[]): Promise<void> {
    const { pool } = this.parts.database;
    const pipeline = await openPipeline({
      url: this.parts.urls.databaseUrl,
      applicationName: 'ingest-test',
      onError: ignoreLostConnection,
    });
    const owned = await acquirePartitions(pool, { owner: 'ingest-test', want: PARTITIONS_DEFAULT, leaseSeconds: 3600 });
    const position = owned[0];
    if (position === undefined) throw new Error('no partition is free');
    const columns = emptyEventColumns();
    for (const [index, event] of events.entries()) {
      const { tenantKey } = await ensureTenant(pool, event.tenantId);
      const [user] = await loadUsers(pool, { tenantKey, userIds: [event.userId] });
      if (user === undefined) throw new Error('the user was not made');
      columns.tenantKey.push(tenantKey);
      columns.userKey.push(user.userKey);
      columns.logSeq.push(event.sequence);
      columns.logIndex.push(index);
      columns.eventId.push(event.eventId);
      columns.identity.push(PackedIdentity.of(event.identity));
      columns.occurredAt.push(event.occurredAt);
      columns.matched.push(null);
    }
    const { partition, epoch, lastSeq } = position;
    const none = { userStates: [], unlocks: [], revocations: [], xp: [], outbox: [] };
    await commitBatch(pipeline, { partition, epoch, oldSeq: lastSeq, newSeq: lastSeq + 1, events: columns, ...none });
    await pipeline.end();
  }
}

export interface Answered {
  status: number;
  headers: { get(name: string): string | null };
  body: PostAnswer;
}

/** The answers of `POST /v1/events`, problems included. */
export interface PostAnswer {
  event_id?: string;
  status?: string | number;
  sequence?: number;
  code?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
  results?: {
    index: number;
    event_id: string | null;
    status: string;
    sequence?: number;
    error?: { code: string; message: string; errors?: { field: string }[] };
  }[];
}

function authenticate(token: string) {
  const principal = (tenantId: string, scope: string) => ({ tenantId, tenantKey: 1, name: token, scopes: new Set([scope]) });
  const principals = new Map<string, ReturnType<typeof principal>>([
    [TOKENS.default, principal('default', 'events:write')],
    [TOKENS.other, principal('other', 'events:write')],
    [TOKENS.reader, principal('default', 'progress:read')],
  ]);
  return Promise.resolve(principals.get(token) ?? null);
}
