import type { AppEnv, Logger, Metrics, Readiness, Service } from '@cairn/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Hono } from 'hono';
import { NOTIFIER_LIMITS, type NotifierLimits } from './limits.js';
import { notifierMetrics } from './notifierMetrics.js';
import { StreamHub } from './stream/StreamHub.js';
import { streamRoutes } from './stream/streamRoutes.js';
import type { UserNames } from './stream/UserNames.js';

export interface NotifierOptions {
  nats: NatsConnection;
  names: UserNames;
  log: Logger;
  metrics: Metrics;
  limits?: Partial<NotifierLimits>;
}

export interface Notifier extends Service {
  routes(): Hono<AppEnv>;
  ready(): Promise<Readiness>;
}

/** From unlocks to people: the event streams. It needs the streams to be there. */
export function createNotifier(options: NotifierOptions): Notifier {
  const { nats, log, names } = options;
  const limits = { ...NOTIFIER_LIMITS, ...options.limits };
  const metrics = notifierMetrics(options.metrics, { connections: () => hub.connections });
  const hub = new StreamHub({ nats, log, names, metrics, limits });
  return {
    start: () => hub.start(),
    stop: () => hub.stop(),
    routes: () => streamRoutes(hub, { names }),
    ready: () => {
      const isUp = hub.isStarted && !nats.isClosed();
      return Promise.resolve({ ready: isUp, checks: { notifier: isUp ? 'ok' : 'not started' } });
    },
  };
}
