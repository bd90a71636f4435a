import { CairnError } from '@cairn/contracts';
import type { Context } from 'hono';
import { routePath } from 'hono/route';
import type { Logger } from '../createLogger.js';
import type { Metrics } from '../createMetrics.js';
import type { Readiness } from '../service.js';
import { Authenticator } from './authenticator.js';
import { bearerToken } from './bearerToken.js';
import { HttpApp } from './HttpApp.js';
import type { Principal } from './principal.js';
import { problemResponse } from './problemResponse.js';

export interface HttpAppOptions {
  /** Who a bearer token belongs to; null where it is not (or no longer) good. */
  authenticate(token: string): Promise<Principal | null>;
  log: Logger;
  metrics: Metrics;
  readiness: () => Promise<Readiness>;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * The one app that the routes of all services are mounted on. All below `/v1/` needs a token;
 * `/healthz`, `/readyz` and `/metrics` do not. Every error is a problem+json.
 */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { log, metrics, readiness } = options;
  const observe = requestObserver(metrics);
  const authenticator = new Authenticator(options.authenticate, log);
  const app = new HttpApp({ authenticator, log, observe });
  measureRequests(app, observe);
  authenticateRequests(app, authenticator);
  app.use(async (context, next) => {
    context.set('log', log);
    await next();
  });

  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const { ready, checks } = await readiness();
    return context.json({ status: ready ? 'ready' : 'not ready', checks }, ready ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    return context.body(await metrics.registry.metrics(), 200, { 'Content-Type': metrics.registry.contentType });
  });

  app.onError((error, context) => problemResponse(error, context, log));
  app.notFound((context) => answerUnknown(app, context, log));
  return app;
}

type ObserveRequest = (request: { method: string; route: string; status: number; startedMs: number }) => void;

function requestObserver(metrics: Metrics): ObserveRequest {
  const seconds = metrics.histogram({
    name: 'cairn_http_request_seconds',
    help: 'Time from the request to its answer (its first byte, for a stream).',
    labels: ['method', 'route', 'status'],
  });
  return ({ method, route, status, startedMs }) =>
    seconds.observe({ method, route, status: String(status) }, (performance.now() - startedMs) / 1000);
}

function measureRequests(app: HttpApp, observe: ObserveRequest): void {
  app.use(async (context, next) => {
    const startedMs = performance.now();
    await next();
    // The pattern of the route, never the path: that would be a label for every user.
    observe({ method: context.req.method, route: routePath(context, -1), status: context.res.status, startedMs });
  });
}

function authenticateRequests(app: HttpApp, authenticator: Authenticator): void {
  app.use('/v1/*', async (context, next) => {
    const token = bearerToken(context.req.header('Authorization'));
    if (token === undefined) {
      context.header('WWW-Authenticate', 'Bearer realm="cairn"');
      throw new CairnError('unauthorized', 'a token is needed: send Authorization: Bearer <token>');
    }
    const principal = await authenticator.find(token);
    if (principal === null) {
      context.header('WWW-Authenticate', 'Bearer realm="cairn", error="invalid_token"');
      throw new CairnError('unauthorized', 'the token is not known, has expired or was revoked');
    }
    context.set('principal', principal);
    await next();
  });
}

/** 405 where the path exists with other methods, else 404. */
function answerUnknown(app: HttpApp, context: Context, log: Logger): Response {
  const { method, path } = context.req;
  const allowed = METHODS.filter((other) => hasRoute(app, other, path));
  if (allowed.length === 0) {
    return problemResponse(new CairnError('not_found', `there is nothing at ${path}`), context, log);
  }
  context.header('Allow', allowed.join(', '));
  const message = `${path} does not answer ${method}, only ${allowed.join(', ')}`;
  return problemResponse(new CairnError('method_not_allowed', message), context, log);
}

function hasRoute(app: HttpApp, method: string, path: string): boolean {
  // Middlewares stand in the router as well, under the method ALL.
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => route.method === method);
}
