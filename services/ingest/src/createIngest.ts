import { AckedPublisher, type AppEnv, type DirectRoute, type Logger, type Metrics, type Readiness, type Service } from '@cairn/runtime';
import { aliasesState, type Database, listAllAliases, PreparedConnection, partitionPositions } from '@cairn/store';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Hono } from 'hono';
import { BackfillGate } from './backfill/BackfillGate.js';
import { checkReadiness } from './checkReadiness.js';
import { systemClock } from './clock.js';
import { BodyBudget } from './httpDoor/BodyBudget.js';
import { directEventRoute, eventRoutes } from './httpDoor/eventRoutes.js';
import { Admitter } from './identity/Admitter.js';
import { IdentityLookup } from './identity/IdentityLookup.js';
import { KnownAliases } from './identity/KnownAliases.js';
import { PostgresIdentityStore } from './identity/PostgresIdentityStore.js';
import { RecentIdentities } from './identity/RecentIdentities.js';
import { RoundGate } from './identity/RoundGate.js';
import { type IngestMetrics, ingestMetrics } from './ingestMetrics.js';
import {
  ALIASES_KNOWN_MAX,
  ALIASES_LOOK_MS,
  BACKFILL_EVENTS_AHEAD_MAX,
  BACKFILL_LOOK_MS,
  BODY_BYTES_IN_FLIGHT_MAX,
  GATHER_FEW_EVENTS,
  GATHER_FEW_MS_MAX,
  GATHER_MS_MAX,
  LOG_BATCH_BYTES_MAX,
  LOG_BATCH_EVENTS_MAX,
  LOOKUP_EVENTS_MAX,
  PUBLISH_MS_MAX,
  PUBLISHES_IN_FLIGHT_MAX,
  RECENT_IDENTITIES_MAX,
  STOP_MS_MAX,
  WAITING_EVENTS_MAX,
} from './limits.js';
import { JetStreamLog } from './log/JetStreamLog.js';
import { LogRefusal } from './log/LogRefusal.js';
import { LogWriter } from './log/LogWriter.js';
import { DeadLetters } from './natsDoor/DeadLetters.js';
import { EventsSubscription } from './natsDoor/EventsSubscription.js';
import { NatsDoor } from './natsDoor/NatsDoor.js';
import { within } from './within.js';

export interface IngestOptions {
  /** The streams exist: see `ensureStreams`. */
  nats: NatsConnection;
  /** Migrated. */
  database: Database;
  /** For the connection of its own that earlier events are looked up over. */
  databaseUrl: string;
  log: Logger;
  metrics: Metrics;
  /** Of the install; the same for all that read or write its log. */
  partitions: number;
  /** Tenants that events over NATS may be for, of which those that name none are for `default`; `*` for any. */
  natsTenants: readonly string[] | '*';
  /** Default: see limits.ts. */
  limits?: Partial<IngestLimits>;
  /** What writes the log; over the connection where left out. */
  publisher?: Pick<AckedPublisher, 'publish'>;
}

export interface IngestLimits {
  waitingEventsMax: number;
  recentIdentitiesMax: number;
  publishMsMax: number;
  publishesInFlightMax: number;
  backfillEventsAheadMax: number;
}

export interface Ingest extends Service {
  routes(): Hono<AppEnv>;
  /** For what most requests are; they stand in `routes` as well. */
  directRoutes(): DirectRoute[];
  ready(): Promise<Readiness>;
}

/** What the server says before a connection is up. */
const MESSAGE_BYTES_MAX_UNKNOWN = 1024 * 1024;
/** Subject, headers and framing of an entry, which count with its bytes. */
const ENTRY_FRAMING_BYTES_MAX = 4 * 1024;

/** The doors: HTTP and NATS in, CAIRN_LOG out. */
export function createIngest(options: IngestOptions): Ingest {
  const { nats, database, log, natsTenants: tenants } = options;
  const jetStream = jetstream(nats);
  const messageBytesMax = (): number => nats.info?.max_payload ?? MESSAGE_BYTES_MAX_UNKNOWN;
  const lookUps = new PreparedConnection({
    url: options.databaseUrl,
    applicationName: 'cairn-ingest-lookups',
    onError: (error) => log.warn({ err: error }, 'the connection that earlier events are looked up over was lost'),
  });
  const aliases = knownAliases(options);
  const refusal = new LogRefusal(() => performance.now());
  const { admitter, backfill, metrics } = wireAdmitter(options, { lookUps, aliases, refusal, messageBytesMax: messageBytesMax() });
  const deadLetters = new DeadLetters(jetStream, messageBytesMax);
  const door = new NatsDoor({ admitter, deadLetters, clock: systemClock, log, metrics, tenants });
  const httpDoor = { admitter, clock: systemClock, metrics, budget: new BodyBudget(BODY_BYTES_IN_FLIGHT_MAX) };
  const subscription = new EventsSubscription({ jetStream, log, onMessage: (message) => door.take(message) });
  return {
    async start() {
      await aliases.start();
      await lookUps.open();
      await subscription.start();
    },
    async stop() {
      await subscription.stop();
      await within(STOP_MS_MAX, Promise.all([door.idle(), admitter.idle()]));
      backfill.stop();
      aliases.stop();
      // Acknowledgements are written, not answered.
      if (!nats.isClosed()) await nats.flush();
      await lookUps.close();
    },
    routes: () => eventRoutes(httpDoor),
    directRoutes: () => [directEventRoute(httpDoor)],
    ready: () => checkReadiness({ nats, pool: database.pool, refusal, isSubscribed: () => subscription.isOpen }),
  };
}

interface Wiring {
  lookUps: PreparedConnection;
  aliases: KnownAliases;
  refusal: LogRefusal;
  messageBytesMax: number;
}

function wireAdmitter(
  options: IngestOptions,
  { lookUps, aliases, refusal, messageBytesMax }: Wiring,
): { admitter: Admitter; backfill: BackfillGate; metrics: IngestMetrics } {
  const { nats, database, log, partitions, limits = {} } = options;
  const metrics: IngestMetrics = ingestMetrics(options.metrics, {
    waiting: () => admitter.waiting,
    publishesInFlight: () => writer.publishesInFlight,
    backfillAhead: () => backfill.events,
  });
  const backfill = backfillGate(options);
  const writer: LogWriter = new LogWriter({
    log: new JetStreamLog({
      jetStream: options.publisher ?? new AckedPublisher(nats),
      log,
      publishMsMax: limits.publishMsMax ?? PUBLISH_MS_MAX,
      onPublished: (seconds) => {
        refusal.written();
        metrics.observePublish(seconds);
      },
      onFailed: (cause) => refusal.failed(cause),
    }),
    partitions,
    eventsMax: LOG_BATCH_EVENTS_MAX,
    bytesMax: Math.min(LOG_BATCH_BYTES_MAX, messageBytesMax - ENTRY_FRAMING_BYTES_MAX),
    gatherMsMax: GATHER_MS_MAX,
    few: { events: GATHER_FEW_EVENTS, gatherMsMax: GATHER_FEW_MS_MAX },
    publishesInFlightMax: limits.publishesInFlightMax ?? PUBLISHES_IN_FLIGHT_MAX,
    isMoreComing: () => !lookup.isIdle,
    onIdle: () => gate.look(),
  });
  const gate: RoundGate = new RoundGate({
    isBusy: () => !writer.isIdle,
    underWay: () => admitter.waiting,
    eventsMax: LOOKUP_EVENTS_MAX,
    waitMsMax: GATHER_MS_MAX,
    few: { events: GATHER_FEW_EVENTS, waitMsMax: GATHER_FEW_MS_MAX },
  });
  const lookup: IdentityLookup = new IdentityLookup(new PostgresIdentityStore(database.pool, lookUps), {
    eventsMax: LOOKUP_EVENTS_MAX,
    gate,
    onIdle: () => writer.wake(),
  });
  const admitter: Admitter = new Admitter({
    lookup,
    recent: new RecentIdentities(limits.recentIdentitiesMax ?? RECENT_IDENTITIES_MAX),
    log: writer,
    waitingEventsMax: limits.waitingEventsMax ?? WAITING_EVENTS_MAX,
    backfill,
    aliases,
  });
  return { admitter, backfill, metrics };
}

function knownAliases({ database, log }: IngestOptions): KnownAliases {
  const { pool } = database;
  const store = {
    state: async () => JSON.stringify(await aliasesState(pool)),
    list: (limit: number) => listAllAliases(pool, { limit }),
  };
  return new KnownAliases({
    store,
    aliasesMax: ALIASES_KNOWN_MAX,
    lookMs: ALIASES_LOOK_MS,
    onError: (error) => log.warn({ err: error }, 'the aliases of users cannot be read: events under new ones take the longer way'),
  });
}

function backfillGate({ database, log, partitions, limits = {} }: IngestOptions): BackfillGate {
  return new BackfillGate({
    eventsMax: limits.backfillEventsAheadMax ?? BACKFILL_EVENTS_AHEAD_MAX,
    partitions,
    lookMs: BACKFILL_LOOK_MS,
    positions: () => partitionPositions(database.pool),
    onError: (error) => log.warn({ err: error }, 'the positions of the partitions cannot be read: backfilled events wait'),
  });
}
