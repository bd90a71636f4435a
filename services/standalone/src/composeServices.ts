import { randomUUID } from 'node:crypto';
import { createApi, PROGRESS_PROJECTION } from '@cairn/api';
import { createIngest } from '@cairn/ingest';
import { createNotifier } from '@cairn/notifier';
import { RuleEvaluator } from '@cairn/rule-evaluator';
import {
  type AppEnv,
  createHttpApp,
  type DirectRoute,
  type HttpApp,
  type Logger,
  type Metrics,
  type Readiness,
  type Releasers,
  type Service,
} from '@cairn/runtime';
import { aliasesAmong, type Database, findToken, namesOfUser } from '@cairn/store';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Hono } from 'hono';
import type { Config, Target } from './config.js';
import { version } from './version.js';

export interface Composition {
  config: Config;
  targets: ReadonlySet<Target>;
  nats: NatsConnection;
  natsUrl: string;
  database: Database;
  databaseUrl: string;
  embedded: boolean;
  log: Logger;
  metrics: Metrics;
  releasers: Releasers;
}

interface HttpPart extends Service {
  routes(): Hono<AppEnv>;
  directRoutes?(): DirectRoute[];
  pause?(): Promise<void>;
  ready(): Readiness | Promise<Readiness>;
}

interface Composed {
  /** The one that all routes are on. */
  app: HttpApp;
  /** Takes up nothing more of the backlog, and keeps nobody waiting for it; all that answers goes on. */
  pause(): Promise<void>;
}

/** Starts the targets in the order of an event's way. */
export async function composeServices(composition: Composition): Promise<Composed> {
  const { targets, releasers, log, metrics, database } = composition;
  const parts = httpParts(composition);
  const readiness = async (): Promise<Readiness> => merge(await Promise.all(parts.map(async (part) => part.ready())));
  const authenticate = async (token: string) => {
    const grant = await findToken(database.pool, token);
    return grant === null ? null : { ...grant, scopes: new Set(grant.scopes) };
  };
  const app = createHttpApp({ authenticate, log, metrics, readiness });
  const evaluator = targets.has('rule-evaluator') ? ruleEvaluator(composition) : undefined;
  if (evaluator !== undefined) {
    releasers.add('rule-evaluator', () => evaluator.stop());
    await evaluator.start();
  }
  for (const part of parts) {
    releasers.add('a service', () => part.stop());
    await part.start();
    app.route('/', part.routes());
    for (const route of part.directRoutes?.() ?? []) app.routeDirectly(route);
  }
  const pause = async (): Promise<void> => {
    await Promise.all([evaluator?.pause(), ...parts.map((part) => part.pause?.())]);
  };
  return { app, pause };
}

function httpParts({ config, targets, nats, natsUrl, database, databaseUrl, embedded, log, metrics }: Composition): HttpPart[] {
  const parts: HttpPart[] = [];
  const { partitions, natsTenants } = config;
  if (targets.has('notifier')) {
    const names = {
      of: (user: { tenantKey: number; userId: string }) => namesOfUser(database.pool, user),
      aliasesAmong: (users: readonly { tenantKey: number; userId: string }[]) => aliasesAmong(database.pool, users),
    };
    parts.push(createNotifier({ nats, names, log: log.child({ part: 'notifier' }), metrics }));
  }
  if (targets.has('api')) {
    const shown = embedded ? { natsUrl } : {};
    parts.push(createApi({ nats, database, log: log.child({ part: 'api' }), metrics, partitions, version, ...shown }));
  }
  if (targets.has('ingest')) {
    parts.push(createIngest({ nats, database, databaseUrl, log: log.child({ part: 'ingest' }), metrics, partitions, natsTenants }));
  }
  return parts;
}

function ruleEvaluator({ config, nats, database, databaseUrl, embedded, log, metrics }: Composition): RuleEvaluator {
  return new RuleEvaluator({
    nats,
    database,
    databaseUrl,
    log: log.child({ part: 'rule-evaluator' }),
    metrics,
    partitions: config.partitions,
    version,
    progressProjection: PROGRESS_PROJECTION,
    // The data directory is locked, so that the name of an embedded one is free when it starts again.
    owner: config.evaluatorName ?? (embedded ? 'standalone' : `${config.hostname}-${process.pid}-${randomUUID().slice(0, 8)}`),
  });
}

function merge(states: readonly Readiness[]): Readiness {
  return {
    ready: states.every(({ ready }) => ready),
    checks: Object.assign({}, ...states.map(({ checks }) => checks)) as Record<string, string>,
  };
}
