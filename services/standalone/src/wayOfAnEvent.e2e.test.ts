import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRuntimeFile } from '@cairn/cli';
import type { Unlock } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const PACK = {
  pack: 'e2e',
  achievements: [
    {
      slug: 'twice',
      name: 'Twice',
      description: 'Do it twice.',
      reason: 'We want to see it arrive.',
      category: 'test',
      xp_reward: 10,
      criteria: { type: 'count', event: 'build.succeeded', threshold: 2 },
    },
  ],
};

let dataDir: string;
let cairn: RunningServe;
let base: string;
let headers: Record<string, string>;
let nats: NatsConnection;

const start = async (): Promise<void> => {
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  const { url, token, nats_url: natsUrl } = await cairn.runtime();
  base = url;
  headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  nats = await connect({ servers: natsUrl });
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
  await start();
});
afterAll(async () => {
  await nats.close();
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

const anEvent = (id: string, user: string) => ({
  event_id: id,
  type: 'build.succeeded',
  actor: { user_id: user },
  occurred_at: '2026-04-12T10:15:00Z',
});
const post = async (body: unknown) => fetch(`${base}/v1/events`, { method: 'POST', headers, body: JSON.stringify(body) });
const get = async <T>(path: string) => (await (await fetch(base + path, { headers })).json()) as T;
const evaluated = () =>
  eventually(async () => {
    const { lag } = await get<{ lag: number }>('/v1/status');
    if (lag !== 0) throw new Error(`lag ${lag}`);
  });

/** An open event stream, and the first unlock on it. */
async function followUnlocks(user: string): Promise<{ first: Promise<Unlock> }> {
  const response = await fetch(`${base}/v1/stream?user=${user}`, { headers });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return { first: firstUnlock(response) };
}

async function firstUnlock(response: Response): Promise<Unlock> {
  const found: Unlock[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'unlock') found.push(JSON.parse(data) as Unlock);
    },
  });
  const text = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(text.decode(chunk as Uint8Array, { stream: true }));
    if (found[0] !== undefined) return found[0];
  }
  throw new Error('the stream ended without an unlock');
}

describe('the stack as a new user starts it', () => {
  it('takes a pack', async () => {
    const response = await fetch(`${base}/v1/admin/packs/e2e`, { method: 'PUT', headers, body: JSON.stringify(PACK) });
    expect(await response.json()).toMatchObject({ changes: [{ slug: 'twice', change: 'added', version: 1 }] });
    expect(response.status).toBe(200);
  });

  it('turns an event over NATS and one over HTTP into one unlock on NATS, SSE and the API', async () => {
    const stream = nats.subscribe('events.achievement.unlocked', { max: 1 });
    const realtime = nats.subscribe('events.realtime.achievement_unlocked.default.u%2E1', { max: 1 });
    const sse = await followUnlocks('u.1');
    await nats.flush();

    nats.publish('events.build.succeeded', JSON.stringify(anEvent('over-nats', 'u.1')));
    await nats.flush();
    await eventually(async () => {
      const { items } = await get<{ items: { slug: string; value: number }[] }>('/v1/users/u.1/progress');
      expect(items.find(({ slug }) => slug === 'twice')?.value).toBe(1);
    });
    const accepted = await post(anEvent('over-http', 'u.1'));
    expect(accepted.status).toBe(202);
    expect(await accepted.json()).toMatchObject({ event_id: 'over-http', status: 'accepted' });

    const expected = { user_id: 'u.1', achievement: { slug: 'twice' }, value: 2, xp_reward: 10, evidence: ['over-nats', 'over-http'] };
    for await (const message of stream) expect(message.json()).toMatchObject(expected);
    for await (const message of realtime) expect(message.json()).toMatchObject(expected);
    expect(await sse.first).toMatchObject(expected);
    expect(await get('/v1/users/u.1/unlocks')).toMatchObject({ items: [expected] });
    expect(await get('/v1/users/u.1/xp')).toMatchObject({ total: 10 });
    expect(await get('/v1/users/u.1/achievements/twice/explain')).toMatchObject({ value: 2, threshold: 2 });
  });

  it('answers the same event, ten at a time over both doors, with one effect and the original result', async () => {
    const event = anEvent('ten-times', 'u.2');
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        if (index % 2 === 0) nats.publish('events.build.succeeded', JSON.stringify(event));
        return (await post(event)).json() as Promise<{ event_id: string; sequence: number; status: string }>;
      }),
    );
    await evaluated();
    expect(new Set(answers.map(({ event_id, sequence }) => `${event_id}@${sequence}`)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 'accepted').length).toBeLessThanOrEqual(1);
    const { items } = await get<{ items: { slug: string; value: number }[] }>('/v1/users/u.2/progress');
    expect(items.find(({ slug }) => slug === 'twice')?.value).toBe(1);
  });

  // proves: survives-kill
  it('starts cleanly after a kill -9 and has everything it had', async () => {
    await nats.close();
    await cairn.end('SIGKILL');
    await start();
    await post(anEvent('after-the-kill', 'u.2'));
    await evaluated();
    const { items } = await get<{ items: Unlock[] }>('/v1/unlocks');
    expect(items.map(({ user_id, achievement }) => `${user_id} ${achievement.slug}`)).toEqual(['u.1 twice', 'u.2 twice']);
  });

  it('stops cleanly at SIGINT, and takes its runtime.json away', async () => {
    await nats.close();
    expect(await cairn.end('SIGINT')).toBe(0);
    expect(await readRuntimeFile(dataDir)).toBeNull();
    await start();
  });
});
