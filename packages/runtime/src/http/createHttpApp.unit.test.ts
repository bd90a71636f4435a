import { CairnError } from '@cairn/contracts';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../createLogger.js';
import { createMetrics } from '../createMetrics.js';
import { createHttpApp } from './createHttpApp.js';
import { parseJsonBody } from './parseJsonBody.js';
import type { AppEnv, Principal } from './principal.js';
import { requireScope } from './requireScope.js';

const READER: Principal = { tenantId: 'default', tenantKey: 1, name: 'reader', scopes: new Set(['progress:read']) };

function setUp(overrides: { ready?: boolean; authenticate?: (token: string) => Promise<Principal | null> } = {}) {
  const logged: string[] = [];
  const log = createLogger({ name: 'test', level: 'info', pretty: 'off', destination: { write: (line) => void logged.push(line) } });
  const ready = overrides.ready ?? true;
  const app = createHttpApp({
    authenticate: overrides.authenticate ?? ((token) => Promise.resolve(token === 'good' ? READER : null)),
    log,
    metrics: createMetrics({ processMetrics: false }),
    readiness: () => Promise.resolve({ ready, checks: { nats: ready ? 'ok' : 'not connected' } }),
  });
  const routes = new Hono<AppEnv>();
  routes.get('/v1/users/:user', requireScope('progress:read', 'unlocks:read'), (context) =>
    context.json({ name: context.get('principal').name }),
  );
  routes.post('/v1/packs', requireScope('definitions:publish'), (context) => context.json({}));
  routes.put('/v1/echo', async (context) => context.json((await parseJsonBody(context, 32)) as object));
  routes.get('/v1/broken', () => {
    throw new TypeError('secret detail');
  });
  routes.get('/v1/busy', () => {
    throw new CairnError('overloaded', 'too much', { retryAfterSeconds: 2, errors: [{ field: 'a', message: 'b' }] });
  });
  routes.get('/v1/malformed', () => {
    throw new HTTPException(400, { message: 'malformed' });
  });
  app.route('/', routes);
  const call = (path: string, init: RequestInit & { token?: string | null; duplex?: 'half' } = {}) => {
    const { token = 'good', ...rest } = init;
    return app.request(path, { ...rest, headers: { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...rest.headers } });
  };
  return { call, logged };
}

describe('createHttpApp', () => {
  it('lets a known token through and tells handlers who it is', async () => {
    const response = await setUp().call('/v1/users/u1');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ name: 'reader' });
  });

  it.each([
    [null, 'Bearer realm="cairn"'],
    ['bad', 'Bearer realm="cairn", error="invalid_token"'],
  ])('answers token %s with 401 and WWW-Authenticate', async (token, challenge) => {
    const response = await setUp().call('/v1/users/u1', { token });
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe(challenge);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status: 401,
      code: 'unauthorized',
      title: 'unauthorized',
      type: 'urn:cairn:problem:unauthorized',
    });
  });

  it('asks for a token before it tells whether anything is there', async () => {
    expect((await setUp().call('/v1/nothing', { token: null })).status).toBe(401);
  });

  it('names the scope that a token lacks', async () => {
    const response = await setUp().call('/v1/packs', { method: 'POST' });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      code: 'forbidden',
      detail: 'the token "reader" lacks the scope definitions:publish: use one that has it',
    });
  });

  it('answers 404 where there is nothing, and 405 with Allow where the method is another', async () => {
    const { call } = setUp();
    const unknown = await call('/v1/nothing');
    expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([404, 'not_found']);
    const wrong = await call('/v1/users/u1', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('Allow')]).toEqual([405, 'GET']);
    expect(await wrong.json()).toMatchObject({ code: 'method_not_allowed' });
    expect((await call('/', { token: null })).status).toBe(404);
  });

  it('gives expected errors their status, code, fields and Retry-After', async () => {
    const response = await setUp().call('/v1/busy');
    expect([response.status, response.headers.get('Retry-After')]).toEqual([429, '2']);
    expect(await response.json()).toMatchObject({ code: 'overloaded', detail: 'too much', errors: [{ field: 'a', message: 'b' }] });
  });

  it('logs an unexpected error and tells the caller nothing of it', async () => {
    const { call, logged } = setUp();
    const response = await call('/v1/broken');
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal' });
    expect(text).not.toContain('secret');
    expect(logged.join('')).toContain('secret detail');
  });

  it('answers what Hono itself refuses as a problem too', async () => {
    const response = await setUp().call('/v1/malformed');
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([422, 'invalid_request']);
  });

  it('has health, readiness and metrics open', async () => {
    const { call } = setUp();
    expect((await call('/healthz', { token: null })).status).toBe(200);
    expect(await (await call('/readyz', { token: null })).json()).toEqual({ status: 'ready', checks: { nats: 'ok' } });
    await call('/v1/users/somebody');
    const metrics = await (await call('/metrics', { token: null })).text();
    expect(metrics).toContain('route="/v1/users/:user"');
    expect(metrics).not.toContain('somebody');
    const unready = await setUp({ ready: false }).call('/readyz', { token: null });
    expect([unready.status, await unready.json()]).toEqual([503, { status: 'not ready', checks: { nats: 'not connected' } }]);
  });

  it('asks about a token once in a few seconds, though not where the answer failed', async () => {
    let asked = 0;
    const counting = setUp({
      authenticate: () => {
        asked++;
        return Promise.resolve(READER);
      },
    });
    await Promise.all([counting.call('/v1/users/a'), counting.call('/v1/users/b')]);
    await counting.call('/v1/users/c');
    expect(asked).toBe(1);

    let down = true;
    const failing = setUp({ authenticate: () => (down ? Promise.reject(new Error('no database')) : Promise.resolve(READER)) });
    const refused = await failing.call('/v1/users/a');
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1']);
    down = false;
    expect((await failing.call('/v1/users/a')).status).toBe(200);
  });

  describe('bodies', () => {
    const put = (body: string | Buffer | ReadableStream, headers: Record<string, string> = {}) =>
      setUp().call('/v1/echo', { method: 'PUT', body, headers, duplex: 'half' });

    it('reads JSON', async () => {
      expect(await (await put('{"a":"ü"}')).json()).toEqual({ a: 'ü' });
    });

    it.each([
      ['not JSON', '{"a":', '400 invalid_json'],
      ['no body', '', '400 invalid_json'],
      ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), '400 invalid_json'],
      ['a long one', JSON.stringify('x'.repeat(40)), '413 body_too_large'],
    ])('refuses %s', async (_, body, answer) => {
      const response = await put(body);
      expect(`${response.status} ${((await response.json()) as { code: string }).code}`).toBe(answer);
    });

    it('refuses a long one that does not say its length, before it has read all of it', async () => {
      let pulled = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(16).fill(0x20));
        },
      });
      expect((await put(endless)).status).toBe(413);
      expect(pulled).toBeLessThan(10);
    });

    it('refuses a compressed one by name', async () => {
      const response = await put('{}', { 'Content-Encoding': 'gzip' });
      expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([415, expect.stringContaining('gzip')]);
    });

    it('keeps the error of a body that breaks off', async () => {
      const broken = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.error(new Error('reset'));
        },
      });
      const response = await put(broken);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([422, 'invalid_request']);
    });
  });
});
