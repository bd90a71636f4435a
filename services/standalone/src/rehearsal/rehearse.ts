import { randomUUID } from 'node:crypto';
import { DEFAULT_TENANT_ID } from '@cairn/contracts';
import { createIngest, type Ingest } from '@cairn/ingest';
import { EvaluatorRehearsal, REHEARSAL_TYPES } from '@cairn/rule-evaluator';
import { createHttpApp, createMetrics, type HttpServer, type Logger, startHttpServer } from '@cairn/runtime';
import type { Database } from '@cairn/store';
import type { NatsConnection } from '@nats-io/transport-node';
import { EchoedPublisher } from './EchoedPublisher.js';
import { REHEARSAL_EVENTS_MAX, REHEARSAL_MS_MAX, REHEARSAL_REQUESTS_MAX, REHEARSAL_USERS, REHEARSAL_WHOLE_MS_MAX } from './limits.js';
import { RehearsalClient } from './RehearsalClient.js';

export interface RehearsalOptions {
  nats: NatsConnection;
  database: Database;
  databaseUrl: string;
  partitions: number;
  log: Logger;
  /** Where it ends at the latest; see limits.ts. */
  bounds?: RehearsalBounds;
}

interface RehearsalBounds {
  eventsMax: number;
  /** No event is sent after this. */
  msMax: number;
  /** By then it is over, or given up. */
  wholeMsMax: number;
}

export interface Rehearsed {
  sent: number;
  evaluated: number;
}

const BOUNDS: RehearsalBounds = { eventsMax: REHEARSAL_EVENTS_MAX, msMax: REHEARSAL_MS_MAX, wholeMsMax: REHEARSAL_WHOLE_MS_MAX };

interface Bounded extends RehearsalOptions {
  bounds: RehearsalBounds;
  /** Aborted once it is given up. */
  signal: AbortSignal;
}

/**
 * Sends events that are none the whole way from a door of their own to unlocks that nobody is told of: what has not run yet is
 * interpreted, and would take several times as long for the first real ones. Nothing of them is kept, here or on any server.
 * @throws StoreError where the database does not let it, Error where it takes too long: what it has open is closed behind it
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsed> {
  const bounds = options.bounds ?? BOUNDS;
  const givenUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`a rehearsal took longer than ${String(bounds.wholeMsMax)} ms`);
      reject(error);
      givenUp.abort(error);
    }, bounds.wholeMsMax);
  });
  try {
    return await Promise.race([rehearseAll({ ...options, bounds, signal: givenUp.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function rehearseAll(options: Bounded): Promise<Rehearsed> {
  const { nats, database, databaseUrl, partitions, log } = options;
  const entries: { deliver?: EvaluatorRehearsal['deliver'] } = {};
  const publisher = new EchoedPublisher(nats, (message) => {
    if (message.subject.startsWith('log.')) entries.deliver?.(message);
  });
  try {
    const sendProgress = (update: string) => publisher.tell('progress', update);
    const evaluator = await EvaluatorRehearsal.start({ database, databaseUrl, publisher, sendProgress, log, partitions });
    entries.deliver = (entry) => evaluator.deliver(entry);
    try {
      const sent = await sendThrough({ ...options, publisher });
      return { sent, evaluated: evaluator.events };
    } finally {
      await evaluator.stop();
    }
  } finally {
    publisher.stop();
  }
}

async function sendThrough(options: Bounded & { publisher: EchoedPublisher }): Promise<number> {
  const metrics = createMetrics({ processMetrics: false });
  const ingest = createIngest({ ...options, metrics, natsTenants: [] });
  const token = randomUUID();
  try {
    const door = await openDoor(ingest, { ...options, token, metrics });
    try {
      return await send(door.port, { token, ...options.bounds, signal: options.signal });
    } finally {
      await door.stop();
    }
  } finally {
    await ingest.stop();
  }
}

/** A door of its own, on a port that nobody knows, for one token. */
function openDoor(
  ingest: Ingest,
  { token, log, metrics }: { token: string; log: Logger; metrics: ReturnType<typeof createMetrics> },
): Promise<HttpServer> {
  const principal = { tenantId: DEFAULT_TENANT_ID, tenantKey: 0, name: 'rehearsal', scopes: new Set(['events:write']) };
  const app = createHttpApp({
    authenticate: (given) => Promise.resolve(given === token ? principal : null),
    log,
    metrics,
    readiness: () => Promise.resolve({ ready: true, checks: {} }),
  });
  app.route('/', ingest.routes());
  for (const route of ingest.directRoutes()) app.routeDirectly(route);
  return startHttpServer(app, { port: 0, host: '127.0.0.1' });
}

async function send(port: number, of: RehearsalBounds & { token: string; signal: AbortSignal }): Promise<number> {
  const untilMs = performance.now() + of.msMax;
  const clients = await Promise.all(Array.from({ length: REHEARSAL_REQUESTS_MAX }, () => RehearsalClient.open(port)));
  // Whoever waits for an answer is told that there is none.
  of.signal.addEventListener('abort', () => {
    for (const client of clients) client.close();
  });
  let sent = 0;
  try {
    await Promise.all(
      clients.map(async (client) => {
        while (sent < of.eventsMax && performance.now() < untilMs && !of.signal.aborted) {
          const n = sent++;
          await client.post('/v1/events', { token: of.token, body: JSON.stringify(eventOf(n)) });
        }
      }),
    );
    return sent;
  } finally {
    for (const client of clients) client.close();
  }
}

function eventOf(n: number): object {
  return {
    event_id: `rehearsal-${randomUUID()}`,
    type: REHEARSAL_TYPES[n % REHEARSAL_TYPES.length],
    occurred_at: new Date().toISOString(),
    // Some are very active, as everywhere.
    actor: { user_id: `rehearsal-${String(Math.floor(REHEARSAL_USERS * ((n * 0.618034) % 1) ** 3))}` },
    properties: { size: n % 100, name: `name-${String(n % 50)}`, note: 'of a rehearsal' },
  };
}
