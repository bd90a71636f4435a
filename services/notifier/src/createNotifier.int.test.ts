import { EVENTS_STREAM, type ProgressUpdate, progressSubject } from '@cairn/contracts';
import { eventually, type FreshNats, freshNats } from '@cairn/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NotifierLimits } from './limits.js';
import { SseReader } from './testing/SseReader.js';
import { publishRevocation, publishUnlock, startTestNotifier, type TestNotifier, unlockOf } from './testing/startTestNotifier.js';

let server: FreshNats;
const notifiers: TestNotifier[] = [];
const readers: SseReader[] = [];
let tenants = 0;

beforeAll(async () => {
  server = await freshNats();
});

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  for (const notifier of notifiers.splice(0)) await notifier.stop();
});

afterAll(async () => {
  await server.drop();
});

/** A tenant that no other test has written for. */
function newTenant(): string {
  return `tenant-${++tenants}`;
}

async function start(limits?: Partial<NotifierLimits>): Promise<TestNotifier> {
  const notifier = await startTestNotifier(server.url, limits);
  notifiers.push(notifier);
  return notifier;
}

async function openReady(url: string, token: string, lastEventId?: string | null): Promise<SseReader> {
  const reader = await SseReader.openReady(url, { token, lastEventId: lastEventId ?? null });
  readers.push(reader);
  return reader;
}

async function publishMany(nats: NatsConnection, of: { tenant: string; user: string; from: number; count: number }): Promise<number[]> {
  const numbers = Array.from({ length: of.count }, (_, i) => of.from + i);
  return Promise.all(numbers.map((number) => publishUnlock(nats, unlockOf({ ...of, number }))));
}

function idsOf(reader: SseReader): (number | null)[] {
  return reader.named('unlock').map(({ id }) => id);
}

describe('the event stream', () => {
  it('sends unlocks and revocations of the asked user, in order, with the sequence as id', async () => {
    const { url, nats } = await start();
    const tenant = newTenant();
    const reader = await openReady(`${url}/v1/stream?user=ann%2Fa`, tenant);
    await publishUnlock(nats, unlockOf({ tenant, user: 'bob', number: 1 }));
    const unlock = unlockOf({ tenant, user: 'ann/a', number: 2 });
    const unlocked = await publishUnlock(nats, unlock);
    const revoked = await publishRevocation(nats, unlock);
    await reader.waitFor((events) => events.some(({ name }) => name === 'revoke'));
    expect(reader.response.headers.get('content-type')).toContain('text/event-stream');
    expect(reader.events.slice(1)).toEqual([
      { name: 'unlock', id: unlocked, data: unlock },
      { name: 'revoke', id: revoked, data: { ...unlock, revoked_at: '2026-04-13T10:15:00Z', reason: 'a mistake' } },
    ]);
  });

  // proves: tenants-apart
  it('sends all of the tenant without a user, teams included, and nothing of another tenant', async () => {
    const { url, nats } = await start();
    const tenant = newTenant();
    const reader = await openReady(`${url}/v1/stream`, tenant);
    await publishUnlock(nats, unlockOf({ tenant: newTenant(), user: 'ann', number: 1 }));
    const sequences = [
      await publishUnlock(nats, unlockOf({ tenant, user: 'ann', number: 1 })),
      await publishUnlock(nats, unlockOf({ tenant, user: null, number: 2 })),
      await publishUnlock(nats, unlockOf({ tenant, user: 'bob', number: 3 })),
    ];
    await reader.waitFor((events) => events.length >= 4);
    expect(idsOf(reader)).toEqual(sequences);
  });

  // proves: backfill-is-silent
  it('keeps silent about backfilled unlocks unless they are asked for', async () => {
    const { url, nats } = await start();
    const tenant = newTenant();
    const silent = await openReady(`${url}/v1/stream`, tenant);
    const complete = await openReady(`${url}/v1/stream?backfilled=true`, tenant);
    const backfilled = await publishUnlock(nats, unlockOf({ tenant, user: 'ann', number: 1, backfilled: true }));
    const live = await publishUnlock(nats, unlockOf({ tenant, user: 'ann', number: 2 }));
    await Promise.all([silent.waitFor((events) => events.length >= 2), complete.waitFor((events) => events.length >= 3)]);
    expect(idsOf(silent)).toEqual([live]);
    expect(idsOf(complete)).toEqual([backfilled, live]);
  });

  it('follows who was merged into somebody else under both names, from where the reader was', async () => {
    const { url, nats, merged } = await start({ namesLookMs: 10 });
    const tenant = newTenant();
    const before = await openReady(`${url}/v1/stream?user=old`, tenant);
    const first = await publishUnlock(nats, unlockOf({ tenant, user: 'old', number: 1 }));
    await before.waitFor((events) => events.length >= 2);
    merged.set('old', 'new');
    await eventually(() => expect(before.isEnded).toBe(true));
    const last = await publishUnlock(nats, unlockOf({ tenant, user: 'old', number: 2 }));
    const ofOther = await publishUnlock(nats, unlockOf({ tenant, user: 'new', number: 3 }));
    const after = await openReady(`${url}/v1/stream?user=old`, tenant, String(first));
    await after.waitFor((events) => events.length >= 3);
    expect(idsOf(after)).toEqual([last, ofOther]);
  });

  it('passes over what is no unlock', async () => {
    const { url, nats, metrics } = await start();
    const tenant = newTenant();
    const reader = await openReady(`${url}/v1/stream`, tenant);
    await jetstream(nats).publish('events.achievement.unlocked', JSON.stringify({ tenant_id: tenant, unlock_id: 'x' }));
    await jetstream(nats).publish('events.achievement.unlocked', 'not even JSON');
    const sequence = await publishUnlock(nats, unlockOf({ tenant, user: 'ann', number: 1 }));
    await reader.waitFor((events) => events.length >= 2);
    expect(idsOf(reader)).toEqual([sequence]);
    expect(await metrics.registry.metrics()).toContain('cairn_notifier_unreadable_total{source="stream"} 2');
  });

  it('sends progress of the asked user, and of the tenant where it is asked for', async () => {
    const { url, nats } = await start();
    const tenant = newTenant();
    const [ofUser, ofTenant, without] = await Promise.all([
      openReady(`${url}/v1/stream?user=a.b`, tenant),
      openReady(`${url}/v1/stream?progress=true`, tenant),
      openReady(`${url}/v1/stream`, tenant),
    ]);
    const update = (user: string, value: number): ProgressUpdate => ({
      tenant_id: tenant,
      user_id: user,
      slug: 's',
      name: 'S',
      status: 'progressing',
      value,
      threshold: 10,
      level: null,
      period: null,
      eligible: true,
    });
    for (const [user, value] of [
      ['a.b', 1],
      ['other', 2],
    ] as const) {
      nats.publish(progressSubject(tenant, user), JSON.stringify(update(user, value)));
    }
    nats.publish(progressSubject(newTenant(), 'a.b'), JSON.stringify(update('a.b', 3)));
    await publishUnlock(nats, unlockOf({ tenant, user: 'a.b', number: 1 }));
    await Promise.all([ofUser, ofTenant, without].map((reader) => reader.waitFor(() => reader.named('unlock').length === 1)));
    await ofTenant.waitFor(() => ofTenant.named('progress').length === 2);
    expect(ofUser.named('progress')).toEqual([{ name: 'progress', id: null, data: update('a.b', 1) }]);
    expect(ofTenant.named('progress').map(({ data }) => data)).toEqual([update('a.b', 1), update('other', 2)]);
    expect(without.named('progress')).toEqual([]);
  });

  it('refuses what it cannot understand and who may not read', async () => {
    const { url } = await start();
    const statusOf = async (path: string, token: string, headers: Record<string, string> = {}) =>
      (await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}`, ...headers } })).status;
    expect(await statusOf('/v1/stream?user=', 't')).toBe(422);
    expect(await statusOf('/v1/stream?progress=maybe', 't')).toBe(422);
    expect(await statusOf('/v1/stream?last_event_id=abc', 't')).toBe(422);
    expect(await statusOf('/v1/stream', 't', { 'Last-Event-ID': '-1' })).toBe(422);
    expect(await statusOf('/v1/stream', 'nobody')).toBe(403);
    expect((await fetch(`${url}/v1/stream`)).status).toBe(401);
  });

  it('refuses one reader too many', async () => {
    const { url } = await start({ sseConnectionsMax: 1 });
    const reader = await openReady(`${url}/v1/stream`, 't');
    const refused = await fetch(`${url}/v1/stream`, { headers: { Authorization: 'Bearer t' } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await refused.json()).toMatchObject({ code: 'overloaded' });
    reader.close();
    await eventually(async () => {
      await openReady(`${url}/v1/stream`, 't');
    });
  });

  it('breaks a silence with a comment that carries the position', async () => {
    const { url, nats } = await start({ keepAliveMs: 20 });
    const tenant = newTenant();
    const reader = await openReady(`${url}/v1/stream`, tenant);
    const foreign = await publishUnlock(nats, unlockOf({ tenant: newTenant(), user: 'ann', number: 1 }));
    await eventually(() => expect(reader.lastEventId).toBe(String(foreign)));
    expect(idsOf(reader)).toEqual([]);
  });

  it('ends when the notifier stops', async () => {
    const { url, notifier } = await start();
    const reader = await openReady(`${url}/v1/stream`, 't');
    await notifier.stop();
    await eventually(() => expect(reader.isEnded).toBe(true));
    const refused = await fetch(`${url}/v1/stream`, { headers: { Authorization: 'Bearer t' } });
    expect(refused.status).toBe(503);
  });
});

describe('resuming', () => {
  it('goes on behind the last event id, from memory and from the stream alike', async () => {
    const first = await start();
    const tenant = newTenant();
    const sequences = (await publishMany(first.nats, { tenant, user: 'ann', from: 0, count: 600 })).sort((a, b) => a - b);
    const other = await start({ sseQueueMax: 64 });
    for (const { url } of [first, other]) {
      const reader = await openReady(`${url}/v1/stream`, tenant, String(sequences[99]));
      expect(idsOf(reader)).toEqual(sequences.slice(100));
    }
    const byParameter = await openReady(`${other.url}/v1/stream?last_event_id=0`, tenant);
    expect(idsOf(byParameter)).toEqual(sequences);
  });

  // proves: stream-resumes
  it('loses nothing and doubles nothing while unlocks keep coming and readers come and go', async () => {
    const { url, nats } = await start({ sseQueueMax: 32 });
    const tenant = newTenant();
    const published: number[] = [];
    const total = 1500;
    const publishing = (async () => {
      for (let from = 0; from < total; from += 20) {
        published.push(...(await publishMany(nats, { tenant, user: `u${from % 3}`, from, count: 20 })));
      }
    })();
    const seen: number[] = [];
    let lastEventId = String((await jetstreamManager(nats).then((manager) => manager.streams.info(EVENTS_STREAM))).state.first_seq - 1);
    let connections = 0;
    while (seen.length < total) {
      const reader = await SseReader.open(`${url}/v1/stream`, { token: tenant, lastEventId });
      connections++;
      const wanted = Math.min(60 + connections * 7, total - seen.length);
      // A reader that was cut off as too slow has what came before, and resumes like any other.
      await reader.waitFor(() => reader.isEnded || reader.named('unlock').length >= wanted);
      reader.close();
      seen.push(...reader.named('unlock').map(({ id }) => id as number));
      lastEventId = reader.lastEventId ?? lastEventId;
    }
    await publishing;
    expect(connections).toBeGreaterThan(5);
    expect(seen).toEqual(published.sort((a, b) => a - b));
  });

  it('says so where the stream no longer holds the place, and sends all that there is', async () => {
    const { nats, ...rest } = await start();
    const tenant = newTenant();
    const sequences = [];
    for (let number = 0; number < 5; number++) sequences.push(await publishUnlock(nats, unlockOf({ tenant, user: 'ann', number })));
    const manager = await jetstreamManager(nats);
    await manager.streams.purge(EVENTS_STREAM, { seq: sequences[3] as number });
    const { url } = await start();
    const reader = await openReady(`${url}/v1/stream`, tenant, String(sequences[0]));
    expect(reader.named('reset').map(({ data }) => data)).toEqual([{ requested_id: sequences[0], resumed_from: sequences[3] }]);
    expect(idsOf(reader)).toEqual(sequences.slice(3));
    const fromElsewhere = await openReady(`${rest.url}/v1/stream`, tenant, '999999999');
    expect(fromElsewhere.named('reset')).toHaveLength(1);
    expect(idsOf(fromElsewhere)).toEqual(sequences.slice(3));
  });
});

describe('a slow reader', () => {
  it('is cut off once its queue is full, and misses nothing when it comes back', async () => {
    const { url, nats, metrics } = await start({ sseQueueMax: 200, keepAliveMs: 200 });
    const tenant = newTenant();
    const abort = new AbortController();
    // Nobody reads this body: the socket fills up, then the queue.
    const stuck = await fetch(`${url}/v1/stream`, { headers: { Authorization: `Bearer ${tenant}` }, signal: abort.signal });
    expect(stuck.status).toBe(200);
    const before = await openReady(`${url}/v1/stream`, newTenant());
    const sequences: number[] = [];
    const padding = 'x'.repeat(20_000);
    await eventually(
      async () => {
        for (let i = 0; i < 50; i++) {
          const number = sequences.length;
          sequences.push(await publishUnlock(nats, { ...unlockOf({ tenant, user: 'ann', number }), message: padding }));
        }
        expect(await metrics.registry.metrics()).toMatch(/cairn_notifier_stream_closed_total\{reason="reader_(too_slow|stalled)"\} 1/);
      },
      { timeoutMs: 60_000 },
    );
    abort.abort();
    const back = await SseReader.openReady(`${url}/v1/stream`, { token: tenant, lastEventId: String((sequences[0] as number) - 1) });
    readers.push(back);
    expect(idsOf(back)).toEqual(sequences);
    expect(before.isEnded).toBe(false);
  });
});

describe('a restart of NATS', () => {
  it('costs readers nothing: unlocks before, during and after arrive once, and progress goes on', async () => {
    if (server.server === null) return;
    const { url, nats } = await start();
    const tenant = newTenant();
    const reader = await openReady(`${url}/v1/stream?user=ann`, tenant);
    await publishMany(nats, { tenant, user: 'ann', from: 0, count: 50 });
    await server.server.kill();
    await server.server.restart();
    const unlocks = Array.from({ length: 50 }, (_, i) => unlockOf({ tenant, user: 'ann', number: 50 + i }));
    for (const unlock of unlocks) await eventually(() => publishUnlock(nats, unlock));
    await reader.waitFor(() => reader.named('unlock').length >= 100);
    const numbers = reader.named('unlock').map(({ data }) => (data as { value: number }).value);
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    nats.publish(progressSubject(tenant, 'ann'), JSON.stringify({ slug: 's', value: 7 }));
    await reader.waitFor(() => reader.named('progress').length === 1);
  });
});
