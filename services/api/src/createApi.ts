import type { AppEnv, Logger, Metrics, Readiness, Service } from '@cairn/runtime';
import { type Database, readUserStates } from '@cairn/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Hono } from 'hono';
import { CatalogueCache } from './catalogue/CatalogueCache.js';
import { VersionCache } from './catalogue/VersionCache.js';
import { catalogueRoutes } from './features/catalogue/catalogueRoutes.js';
import { Retractions } from './features/corrections/Retractions.js';
import { retractionRoutes } from './features/corrections/retractionRoutes.js';
import { deadLetterMetrics } from './features/deadLetters/deadLetterMetrics.js';
import { deadLetterRoutes } from './features/deadLetters/deadLetterRoutes.js';
import { LetterActions } from './features/deadLetters/LetterActions.js';
import { LetterBox } from './features/deadLetters/LetterBox.js';
import { Redriver } from './features/deadLetters/Redriver.js';
import { erasureRoutes } from './features/erasures/erasureRoutes.js';
import { EventTypesProjector } from './features/eventTypes/EventTypesProjector.js';
import { eventTypeRoutes } from './features/eventTypes/eventTypeRoutes.js';
import { EventSearch } from './features/explain/EventSearch.js';
import { Explainer } from './features/explain/Explainer.js';
import { explainRoutes } from './features/explain/explainRoutes.js';
import { grantRoutes } from './features/grants/grantRoutes.js';
import { HandChanges } from './features/grants/HandChanges.js';
import { openApiRoutes } from './features/openApi/openApiRoutes.js';
import { PackPublisher } from './features/packs/PackPublisher.js';
import { packDiffRoutes } from './features/packs/packDiffRoutes.js';
import { packListRoutes } from './features/packs/packListRoutes.js';
import { packRoutes } from './features/packs/packRoutes.js';
import { UserMerges } from './features/people/UserMerges.js';
import { userMergeRoutes } from './features/people/userMergeRoutes.js';
import { Previewer } from './features/preview/Previewer.js';
import { previewRoutes } from './features/preview/previewRoutes.js';
import { progressRoutes } from './features/progress/progressRoutes.js';
import { ProgressProjector } from './features/progressProjection/ProgressProjector.js';
import { statusMetrics } from './features/status/statusMetrics.js';
import { statusRoutes } from './features/status/statusRoutes.js';
import { TenantMerges } from './features/tenants/TenantMerges.js';
import { tenantMergeRoutes } from './features/tenants/tenantMergeRoutes.js';
import { UnlockViews } from './features/unlocks/UnlockViews.js';
import { unlockRoutes } from './features/unlocks/unlockRoutes.js';
import { xpRoutes } from './features/xp/xpRoutes.js';
import { asUnavailable } from './http/asUnavailable.js';
import { checkReadiness } from './http/checkReadiness.js';
import { createOpenApiApp } from './http/createOpenApiApp.js';
import { refuseMalformedPath } from './http/refuseMalformedPath.js';
import { EXPLAIN_EVENTS_MAX, IN_EFFECT_WAIT_MS_MAX, PROJECTION_GATHER_MS, USER_MERGE_UNLOCKS_MAX } from './limits.js';
import { ControlLog } from './log/ControlLog.js';
import { EvaluatedPositions } from './log/EvaluatedPositions.js';
import { HistoryReader } from './log/HistoryReader.js';
import { LogStanding } from './log/LogStanding.js';
import { LogTime } from './log/LogTime.js';
import { TenantHistory } from './log/TenantHistory.js';

export interface ApiLimits {
  /** Of a user's newest events, those that an explanation replays. */
  explainEventsMax: number;
  userMergeUnlocksMax: number;
  /** How long an answer waits until what it published is in effect. */
  inEffectMsMax: number;
  /** How long a step of the projection gathers entries: at least 1000. */
  projectionGatherMs: number;
}

export interface ApiOptions {
  /** The streams exist. */
  nats: NatsConnection;
  /** Migrated. */
  database: Database;
  log: Logger;
  metrics: Metrics;
  /** Of the install. */
  partitions: number;
  /** Of Cairn. */
  version: string;
  /** Told in the status, for who wants to listen there. */
  natsUrl?: string;
  limits?: Partial<ApiLimits>;
}

export interface Api extends Service {
  /** From here on nobody is kept waiting for the evaluation, and nothing more is projected; all else is answered until `stop`. */
  pause(): Promise<void>;
  routes(): Hono<AppEnv>;
  ready(): Promise<Readiness>;
}

/** Reads, definitions and grants over HTTP, and the projection of progress behind them. */
export function createApi(options: ApiOptions): Api {
  const { nats, database, log } = options;
  const positions = new EvaluatedPositions(database, log);
  const catalogues = new CatalogueCache(database);
  const projector = new ProgressProjector({
    nats,
    database,
    catalogues,
    positions,
    log,
    time: new LogTime({ database, now: Date.now }),
    partitions: options.partitions,
    gatherMs: options.limits?.projectionGatherMs ?? PROJECTION_GATHER_MS,
  });
  const eventTypes = new EventTypesProjector({
    nats,
    database,
    log,
    gatherMs: options.limits?.projectionGatherMs ?? PROJECTION_GATHER_MS,
  });
  const history = new TenantHistory({ nats, database, partitions: options.partitions });
  const previewer = new Previewer({ catalogues, history, states: (of) => readUserStates(database.pool, of), now: Date.now });
  const pause = async (): Promise<void> => {
    positions.stop();
    await Promise.all([projector.stop(), eventTypes.stop()]);
  };
  return {
    start() {
      projector.start();
      eventTypes.start();
      return Promise.resolve();
    },
    pause,
    async stop() {
      previewer.stop();
      await pause();
    },
    routes: () => buildRoutes(options, { positions, catalogues, previewer }),
    ready: () => checkReadiness(options),
  };
}

function buildRoutes(
  options: ApiOptions,
  shared: { positions: EvaluatedPositions; catalogues: CatalogueCache; previewer: Previewer },
): Hono<AppEnv> {
  const { nats, database, partitions, version, natsUrl, limits = {} } = options;
  const { positions, catalogues, previewer } = shared;
  const views = new UnlockViews(new VersionCache(database));
  const standing = new LogStanding(nats, positions);
  const controlLog = new ControlLog(nats);
  const now = Date.now;
  const inEffectMsMax = limits.inEffectMsMax ?? IN_EFFECT_WAIT_MS_MAX;
  const byHand = { database, catalogues, controlLog, positions, now, inEffectMsMax };

  const app = createOpenApiApp();
  app.use('/v1/*', refuseMalformedPath);
  app.onError((error) => {
    throw asUnavailable(error);
  });
  catalogueRoutes(app, { catalogues });
  const time = new LogTime({ database, now });
  progressRoutes(app, { database, catalogues, time, partitions });
  unlockRoutes(app, { database, views, standing });
  xpRoutes(app, { database, catalogues });
  const eventsMax = limits.explainEventsMax ?? EXPLAIN_EVENTS_MAX;
  const events = new EventSearch({ database, nats, positions, partitions });
  const explainer = new Explainer({
    database,
    catalogues,
    history: new HistoryReader(database, nats),
    events,
    views,
    time,
    partitions,
    eventsMax,
  });
  explainRoutes(app, { explainer });
  const publisher = new PackPublisher(byHand);
  packRoutes(app, { publisher });
  packDiffRoutes(app, { publisher });
  packListRoutes(app, { catalogues });
  eventTypeRoutes(app, { database });
  previewRoutes(app, { previewer, now });
  grantRoutes(app, { changes: new HandChanges({ ...byHand, partitions }), views });
  userMergeRoutes(app, {
    merges: new UserMerges({ ...byHand, partitions, unlocksMax: limits.userMergeUnlocksMax ?? USER_MERGE_UNLOCKS_MAX }),
  });
  tenantMergeRoutes(app, { merges: new TenantMerges({ ...byHand, nats }) });
  retractionRoutes(app, { retractions: new Retractions({ ...byHand, partitions }) });
  erasureRoutes(app, { database });
  const box = new LetterBox(nats);
  const redriver = new Redriver(nats, partitions);
  deadLetterRoutes(app, { box, redriver, actions: new LetterActions({ database, box, redriver }) });
  deadLetterMetrics(options.metrics, { box, log: options.log });
  statusMetrics(options.metrics, { standing, log: options.log });
  statusRoutes(app, { nats, standing, version, natsUrl });
  openApiRoutes(app, { version });
  return app;
}
