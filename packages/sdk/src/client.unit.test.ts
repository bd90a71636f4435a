import { BATCH_EVENTS_MAX, BODY_BYTES_MAX } from '@cairn/contracts';
import { type Answer, answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient, type EventToSend } from './client.js';
import { CairnApiError, CairnUnreachableError } from './errors.js';
import { EVENTS_PER_REQUEST_MAX, REQUEST_BYTES_MAX } from './limits.js';

const QUICK = { attemptsMax: 4, delayMsFirst: 1, delayMsMax: 2 };
const hosts: RemoteHost[] = [];

async function remote(answer: Answer): Promise<RemoteHost> {
  const host = await startRemoteHost(answer);
  hosts.push(host);
  return host;
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

function event(overrides: Partial<EventToSend> = {}): EventToSend {
  return { type: 'build.succeeded', actor: { user_id: 'u1' }, occurred_at: '2026-04-12T10:15:00Z', ...overrides };
}

/** Answers a batch as the server does. */
const acceptAll: Answer = (request, response) => {
  const events = JSON.parse(request.body) as { event_id: string }[];
  answerJson(response, 200, { results: events.map(({ event_id }, index) => ({ index, event_id, status: 'accepted', sequence: 1 })) });
};

describe('sending', () => {
  it('keeps its bounds within those of the server', () => {
    expect(EVENTS_PER_REQUEST_MAX).toBe(BATCH_EVENTS_MAX);
    expect(REQUEST_BYTES_MAX).toBeLessThan(BODY_BYTES_MAX);
  });

  it('sends one event with its token, and gives it an identity', async () => {
    const host = await remote((request, response) =>
      answerJson(response, 202, { event_id: (JSON.parse(request.body) as { event_id: string }).event_id, status: 'accepted', sequence: 7 }),
    );
    const sent = await createClient({ url: `${host.url}/`, token: 't1' }).sendEvent(event());
    expect(sent).toMatchObject({ status: 'accepted', sequence: 7 });
    expect(sent.event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(host.arrived[0]).toMatchObject({ method: 'POST', path: '/v1/events', headers: { authorization: 'Bearer t1' } });
  });

  it('adds no identity beside a key of the caller', async () => {
    const host = await remote((_request, response) => answerJson(response, 202, { event_id: 'e', status: 'accepted', sequence: 1 }));
    await createClient({ url: host.url }).sendEvent(event({ idempotency_key: 'k' }));
    expect(JSON.parse(host.arrived[0]?.body ?? '')).not.toHaveProperty('event_id');
  });

  it('is the same event on every attempt: busy twice, then taken', async () => {
    let attempts = 0;
    const host = await remote((_request, response) => {
      attempts++;
      if (attempts === 1) answerJson(response.setHeader('retry-after', '0'), 429, { code: 'overloaded', detail: 'busy' });
      else if (attempts === 2) answerJson(response, 503, { code: 'unavailable', detail: 'restarting' });
      else answerJson(response, 202, { event_id: 'e', status: 'accepted', sequence: 1 });
    });
    await createClient({ url: host.url, retry: QUICK }).sendEvent(event());
    expect(host.arrived).toHaveLength(3);
    expect(new Set(host.arrived.map(({ body }) => body)).size).toBe(1);
  });

  it('says of each event that it is told late where it is asked to, whatever the event says itself', async () => {
    const host = await remote(acceptAll);
    const client = createClient({ url: host.url });
    await client.sendEvents([event({ event_id: 'a' }), event({ event_id: 'b', backfill: false })], { backfill: true });
    await client.sendEvents([event({ event_id: 'c' })]);
    const sent = host.arrived.flatMap(({ body }) => JSON.parse(body) as EventToSend[]);
    expect(sent.map(({ event_id, backfill }) => [event_id, backfill])).toEqual([
      ['a', true],
      ['b', true],
      ['c', undefined],
    ]);
    const single = await remote((_request, response) => answerJson(response, 202, { event_id: 'd', status: 'accepted', sequence: 1 }));
    await createClient({ url: single.url }).sendEvent(event({ event_id: 'd' }), { backfill: true });
    expect(JSON.parse(single.arrived[0]?.body ?? '')).toMatchObject({ event_id: 'd', backfill: true });
  });

  it('waits for as often as old events are held back, which is no failure', async () => {
    let heldBack = 0;
    const host = await remote((request, response) => {
      if (host.arrived.length <= 10) answerJson(response.setHeader('retry-after', '0'), 429, { code: 'backfill_waits', detail: 'wait' });
      else void acceptAll(request, response);
    });
    const client = createClient({ url: host.url, retry: { ...QUICK, attemptsMax: 1 } });
    const results = await client.sendEvents([event()], { backfill: true, onHeldBack: () => heldBack++ });
    expect([results.length, heldBack]).toEqual([1, 10]);
  });

  it('gives up at once where it is asked to stay away for longer than it would wait', async () => {
    const host = await remote((_request, response) => answerJson(response.setHeader('retry-after', '3600'), 503, { code: 'unavailable' }));
    await expect(createClient({ url: host.url, retry: QUICK }).sendEvent(event())).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 3_600_000,
    });
    expect(host.arrived).toHaveLength(1);
  });

  it('tries so often and no oftener', async () => {
    const host = await remote((_request, response) => answerJson(response, 503, { code: 'unavailable' }));
    await expect(createClient({ url: host.url, retry: QUICK }).sendEvent(event())).rejects.toBeInstanceOf(CairnApiError);
    expect(host.arrived).toHaveLength(QUICK.attemptsMax);
  });

  it('says what the server said, and does not ask again what would be refused again', async () => {
    const errors = [{ field: 'actor.user_id', message: 'must be 1 to 128 Unicode characters' }];
    const host = await remote((_request, response) =>
      answerJson(response, 422, { code: 'invalid_event', detail: 'actor.user_id is wrong', errors }),
    );
    await expect(createClient({ url: host.url, retry: QUICK }).sendEvent(event())).rejects.toMatchObject({
      name: 'CairnApiError',
      code: 'invalid_event',
      status: 422,
      message: 'actor.user_id is wrong',
      errors,
    });
    expect(host.arrived).toHaveLength(1);
  });

  it('survives a host that hangs up in the middle', async () => {
    let attempts = 0;
    const host = await remote((request, response) => {
      if (++attempts < 3) response.destroy();
      else acceptAll(request, response);
    });
    await expect(createClient({ url: host.url, retry: QUICK }).sendEvents([event()])).resolves.toMatchObject([
      { index: 0, status: 'accepted' },
    ]);
  });

  it('tells a host that is not there from one that refuses', async () => {
    const host = await startRemoteHost(acceptAll);
    await host.stop();
    const failure = createClient({ url: host.url, retry: QUICK }).status();
    await expect(failure).rejects.toBeInstanceOf(CairnUnreachableError);
    await expect(failure).rejects.toMatchObject({ code: 'unreachable', url: host.url });
  });

  it('tells a host that does not answer', async () => {
    const host = await remote(() => undefined);
    await expect(createClient({ url: host.url, retry: { attemptsMax: 1 }, requestMsMax: 50 }).status()).rejects.toThrow(
      /no answer within 0.05 s/,
    );
  });

  it('is ended by its signal, at once', async () => {
    const controller = new AbortController();
    const host = await remote(() => controller.abort(new Error('enough')));
    await expect(createClient({ url: host.url, retry: QUICK }).status({ signal: controller.signal })).rejects.toThrow('enough');
    expect(host.arrived).toHaveLength(1);
  });

  it('cuts many events into requests, and puts the results together in order', async () => {
    const host = await remote(acceptAll);
    const events = Array.from({ length: 2500 }, (_, index) => event({ event_id: `e${index}` }));
    const results = await createClient({ url: host.url }).sendEvents(events);
    expect(host.arrived.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([1000, 1000, 500]);
    expect(results.map(({ index, event_id }) => [index, event_id])).toEqual(events.map(({ event_id }, index) => [index, event_id]));
  });

  it('cuts by size as well', async () => {
    const host = await remote(acceptAll);
    const properties = { text: 'x'.repeat(8000) };
    await createClient({ url: host.url }).sendEvents(
      Array.from({ length: 1000 }, (_, index) => event({ event_id: `e${index}`, properties })),
    );
    expect(host.arrived.length).toBeGreaterThan(1);
    for (const { body } of host.arrived) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(REQUEST_BYTES_MAX + 2);
  });

  it('sends nothing for no events', async () => {
    const host = await remote(acceptAll);
    await expect(createClient({ url: host.url }).sendEvents([])).resolves.toEqual([]);
    expect(host.arrived).toHaveLength(0);
  });

  it('does a grant once, however often it has to ask', async () => {
    let attempts = 0;
    const host = await remote((_request, response) => {
      attempts++;
      if (attempts === 1) answerJson(response, 503, { code: 'unavailable' });
      else if (attempts === 2) response.destroy();
      else answerJson(response, 200, { result: 'granted', sequence: 3, in_effect: true, unlock: null });
    });
    const client = createClient({ url: host.url, retry: QUICK });
    expect(await client.grant('u', { slug: 's', reason: 'r' })).toMatchObject({ result: 'granted' });
    await client.revoke('u', { slug: 's', reason: 'r' });
    const keys = host.arrived.map(({ headers }) => headers['idempotency-key']);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[3]).not.toBe(keys[0]);
    expect(host.arrived.map(({ path }) => path).slice(2)).toEqual(['/v1/admin/users/u/grants', '/v1/admin/users/u/revocations']);
  });
});

describe('reading', () => {
  it('goes through all pages, with the user taken literally', async () => {
    const host = await remote((request, response) => {
      const second = request.path.includes('cursor=c1');
      answerJson(response, 200, { items: [{ unlock_id: second ? 'b' : 'a' }], next_cursor: second ? null : 'c1' });
    });
    const ids: string[] = [];
    for await (const unlock of createClient({ url: host.url }).unlocks({ user: 'a/b@x.org?' })) ids.push(unlock.unlock_id);
    expect(ids).toEqual(['a', 'b']);
    expect(host.arrived[0]?.path).toMatch(/^\/v1\/users\/a%2Fb%40x\.org%3F\/unlocks\?limit=\d+$/);
  });

  it('joins the entries of the ledger, up to as many as asked for', async () => {
    const host = await remote((request, response) => {
      const page = request.path.includes('cursor=c1') ? 1 : 0;
      answerJson(response, 200, {
        total: 30,
        rank: null,
        entries: [{ amount: page * 2 + 1 }, { amount: page * 2 + 2 }],
        next_cursor: page === 0 ? 'c1' : null,
      });
    });
    const client = createClient({ url: host.url });
    expect((await client.xp('u')).entries.map(({ amount }) => amount)).toEqual([1, 2, 3, 4]);
    expect((await client.xp('u', { entriesMax: 3 })).entries.map(({ amount }) => amount)).toEqual([1, 2, 3]);
  });

  it('says so where something else than Cairn answers', async () => {
    const host = await remote((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>');
    });
    await expect(createClient({ url: host.url }).status()).rejects.toMatchObject({ code: 'unexpected_answer' });
  });

  it('makes an error of a page of a proxy as well', async () => {
    const host = await remote((_request, response) => {
      response.writeHead(403);
      response.end('<html>');
    });
    await expect(createClient({ url: host.url }).status()).rejects.toMatchObject({ code: 'unexpected_answer', status: 403 });
  });

  it('follows no redirect: it would carry the token elsewhere', async () => {
    const host = await remote((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' });
      response.end();
    });
    await expect(createClient({ url: host.url, retry: QUICK }).status()).rejects.toMatchObject({ status: 302 });
  });
});
