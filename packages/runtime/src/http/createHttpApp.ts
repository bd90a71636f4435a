import { CairnError } from '@cairn/contracts';
import { type Context, Hono } from 'hono';
import { routePath } from 'hono/route';
import type { Logger } from '../createLogger.js';
import type { Metrics } from '../createMetrics.js';
import type { Readiness } from '../service.js';
import { Authenticator } from './authenticator.js';
import type { AppEnv, Principal } from './principal.js';
import { problemResponse } from './problemResponse.js';

export interface HttpAppOptions {
  /** Who a bearer token belongs to; null where it is not (or no longer) good. */
  authenticate(token: string): Promise<Principal | null>;
  log: Logger;
  metrics: Metrics;
  readiness: () => Promise<Readiness>;
}

const BEARER = /^Bearer +(\S+)$/i;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * The one app that the routes of all services are mounted on. All below `/v1/` needs a token;
 * `/healthz`, `/readyz` and `/metrics` do not. Every error is a problem+json.
 */
export function createHttpApp(options: HttpAppOptions): Hono<AppEnv> {
  const { log, metrics, readiness } = options;
  const app = new Hono<AppEnv>();
  measureRequests(app, metrics);
  authenticateRequests(app, new Authenticator(options.authenticate, log));
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

function measureRequests(app: Hono<AppEnv>, metrics: Metrics): void {
  const seconds = metrics.histogram({
    name: 'cairn_http_request_seconds',
    help: 'Time from the request to its answer (its first byte, for a stream).',
    labels: ['method', 'route', 'status'],
  });
  app.use(async (context, next) => {
    const startedMs = performance.now();
    await next();
    // The pattern of the route, never the path: that would be a label for every user.
    const labels = { method: context.req.method, route: routePath(context, -1), status: String(context.res.status) };
    seconds.observe(labels, (performance.now() - startedMs) / 1000);
  });
}

function authenticateRequests(app: Hono<AppEnv>, authenticator: Authenticator): void {
  app.use('/v1/*', async (context, next) => {
    const token = BEARER.exec(context.req.header('Authorization') ?? '')?.[1];
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
function answerUnknown(app: Hono<AppEnv>, context: Context<AppEnv>, log: Logger): Response {
  const { method, path } = context.req;
  const allowed = METHODS.filter((other) => hasRoute(app, other, path));
  if (allowed.length === 0) {
    return problemResponse(new CairnError('not_found', `there is nothing at ${path}`), context, log);
  }
  context.header('Allow', allowed.join(', '));
  const message = `${path} does not answer ${method}, only ${allowed.join(', ')}`;
  return problemResponse(new CairnError('method_not_allowed', message), context, log);
}

function hasRoute(app: Hono<AppEnv>, method: string, path: string): boolean {
  // Middlewares stand in the router as well, under the method ALL.
  const [handlers] = app.router.match(method, path);
  return handlers.some(([[, route]]) => route.method === method);
}
