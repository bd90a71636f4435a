import { once } from 'node:events';
import { connect } from 'node:net';
import { CairnError } from '@cairn/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../createLogger.js';
import { createMetrics, type Metrics } from '../createMetrics.js';
import { createHttpApp } from './createHttpApp.js';
import type { DirectRoute } from './DirectRoute.js';
import type { Principal } from './principal.js';
import { type HttpServer, startHttpServer } from './startHttpServer.js';

const principal = (name: string, ...scopes: string[]): Principal => ({ tenantId: 'default', tenantKey: 1, name, scopes: new Set(scopes) });
const PRINCIPALS = new Map([
  ['writer', principal('writer', 'things:write')],
  ['reader', principal('reader', 'things:read')],
]);

describe('a direct route', () => {
  let server: HttpServer;
  let metrics: Metrics;
  let reserved: number;
  let asked: number;
  const route: DirectRoute = {
    method: 'POST',
    path: '/v1/things',
    scope: 'things:write',
    bodyBytesMax: 100_000,
    isUsual: (rawHeaders) => !rawHeaders.includes('X-Unusual'),
    reserve: (bytes) => {
      reserved += bytes;
      return () => {
        reserved -= bytes;
      };
    },
    answer: async ({ body, principal: { name } }) => {
      const text = body.toString();
      if (text === 'refuse') throw new CairnError('overloaded', 'too much', { retryAfterSeconds: 3 });
      if (text === 'break') throw new TypeError('secret detail');
      return { status: 202, body: { by: 'direct', name, bytes: body.length, reserved } };
    },
  };

  beforeEach(async () => {
    [reserved, asked, metrics] = [0, 0, createMetrics({ processMetrics: false })];
    const app = createHttpApp({
      authenticate: (token) => {
        asked++;
        return Promise.resolve(PRINCIPALS.get(token) ?? null);
      },
      log: createLogger({ name: 'test', level: 'silent', pretty: 'off' }),
      metrics,
      readiness: () => Promise.resolve({ ready: true, checks: {} }),
    });
    app.post('/v1/things', (context) => context.json({ by: 'app' }));
    app.routeDirectly(route);
    server = await startHttpServer(app, { port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.stop());

  async function post(
    body: string,
    { token = 'writer', path = '/v1/things', headers = {} }: { token?: string; path?: string; headers?: Record<string, string> } = {},
  ) {
    const response = await fetch(server.url + path, { method: 'POST', body, headers: { Authorization: `Bearer ${token}`, ...headers } });
    return { response, body: (await response.json()) as Record<string, unknown> };
  }

  it('is taken once the token is known, and has room for the body for as long', async () => {
    expect((await post('first')).body).toEqual({ by: 'app' });
    const { response, body } = await post('x'.repeat(90_000));
    expect([response.status, body]).toEqual([202, { by: 'direct', name: 'writer', bytes: 90_000, reserved: 90_000 }]);
    expect(response.headers.get('Content-Type')).toBe('application/json');
    expect([reserved, asked]).toEqual([0, 1]);
  });

  it('is left for the app by what is not usual, too large or not allowed', async () => {
    await post('first');
    expect((await post('x', { headers: { 'X-Unusual': '1' } })).body).toEqual({ by: 'app' });
    expect((await post('x', { path: '/v1/things?n=1' })).body).toEqual({ by: 'app' });
    expect((await post('x', { headers: { 'Content-Encoding': 'gzip' } })).body).toEqual({ by: 'app' });
    expect((await post('x'.repeat(100_001))).body).toEqual({ by: 'app' });
    for (let n = 0; n < 2; n++) {
      expect((await post('x', { token: 'reader' })).body).toEqual({ by: 'app' });
      expect((await post('x', { token: 'unknown' })).response.status).toBe(401);
    }
  });

  it('answers errors as the app does', async () => {
    await post('first');
    const refused = await post('refuse');
    expect([refused.response.status, refused.body.code, refused.response.headers.get('Retry-After')]).toEqual([429, 'overloaded', '3']);
    expect(refused.response.headers.get('Content-Type')).toBe('application/problem+json');
    const broken = await post('break');
    expect([broken.response.status, broken.body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(broken.body)).not.toContain('secret');
    expect(reserved).toBe(0);
  });

  it('counts among the requests of its route', async () => {
    await post('first');
    await post('second');
    expect(await metrics.registry.metrics()).toContain('cairn_http_request_seconds_count{method="POST",route="/v1/things",status="202"} 1');
  });

  it('lets go of a body that breaks off', async () => {
    await post('first');
    const socket = connect(server.port, '127.0.0.1');
    socket.write('POST /v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer\r\nContent-Length: 5000\r\n\r\nabc');
    await whenTrue(() => reserved === 5000);
    socket.destroy();
    await once(socket, 'close');
    await whenTrue(() => reserved === 0);
    expect((await post('again')).body).toMatchObject({ by: 'direct' });
  });
});

/** Turn by turn of the event loop. */
async function whenTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
