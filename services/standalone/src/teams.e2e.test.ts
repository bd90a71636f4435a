import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Unlock } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const together = (threshold: number) => ({
  pack: 'teams',
  achievements: [
    {
      slug: 'together',
      name: 'Together',
      reason: 'We want to see a team do it.',
      scope: 'team',
      xp_reward: 50,
      criteria: { type: 'count', event: 'build.succeeded', threshold },
    },
    {
      slug: 'alone',
      name: 'Alone',
      reason: 'And one alone.',
      xp_reward: 10,
      criteria: { type: 'count', event: 'build.succeeded', threshold: 2 },
    },
  ],
});

let dataDir: string;
let cairn: RunningServe;
let base: string;
let headers: Record<string, string>;
let nats: NatsConnection;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  const { url, token, nats_url: natsUrl } = await cairn.runtime();
  base = url;
  headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  nats = await connect({ servers: natsUrl });
});
afterAll(async () => {
  await nats.close();
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

const get = async <T>(path: string) => (await (await fetch(base + path, { headers })).json()) as T;
const send = (method: string, path: string, body: unknown) => fetch(base + path, { method, headers, body: JSON.stringify(body) });
const build = (id: string, user: string, team: string) => ({
  event_id: id,
  type: 'build.succeeded',
  actor: { user_id: user, team_id: team },
  occurred_at: '2026-04-12T10:15:00Z',
});
const evaluated = () =>
  eventually(async () => {
    const { lag } = await get<{ lag: number }>('/v1/status');
    if (lag !== 0) throw new Error(`lag ${lag}`);
  });

/** The first unlock of a team on the event stream of the tenant. */
async function followTeams(): Promise<{ first: Promise<Unlock> }> {
  const response = await fetch(`${base}/v1/stream`, { headers });
  return { first: firstOfTeam(response) };
}

async function firstOfTeam(response: Response): Promise<Unlock> {
  const found: Unlock[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const unlock = event === 'unlock' ? (JSON.parse(data) as Unlock) : null;
      if (unlock?.user_id === null) found.push(unlock);
    },
  });
  const text = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(text.decode(chunk as Uint8Array, { stream: true }));
    if (found[0] !== undefined) return found[0];
  }
  throw new Error('the stream ended without an unlock of a team');
}

it('an unlock of a team arrives once over NATS, the event stream and the API, and pays nobody', async () => {
  expect((await send('PUT', '/v1/admin/packs/teams', together(5))).status).toBe(200);
  const unlocked = nats.subscribe('events.achievement.unlocked');
  const realtime = nats.subscribe('events.realtime.achievement_unlocked.default.team:pl%C3%A4ttform', { max: 1 });
  const sse = await followTeams();
  await nats.flush();

  const events = Array.from({ length: 5 }, (_, i) => build(`b-${i}`, `user-${i}`, 'plättform'));
  await send('POST', '/v1/events', [...events.slice(0, 4), events[0], build('other', 'user-1', 'other')]);
  await evaluated();
  expect(await get('/v1/teams/pl%C3%A4ttform/progress')).toMatchObject({ items: [{ slug: 'together', status: 'progressing', value: 4 }] });
  nats.publish('events.build.succeeded', JSON.stringify(events[4]));

  const expected = { user_id: null, team_id: 'plättform', achievement: { slug: 'together' }, value: 5, xp_reward: 0, xp_total: 0 };
  const evidence = events.map(({ event_id }) => event_id);
  for await (const message of realtime) expect(message.json<Unlock>()).toMatchObject({ ...expected, caused_by: 'b-4' });
  const first = await sse.first;
  expect(first).toMatchObject({ ...expected, caused_by: 'b-4' });
  expect([...first.evidence].sort()).toEqual(evidence);
  await evaluated();
  expect(await get('/v1/teams/pl%C3%A4ttform/unlocks')).toMatchObject({ items: [{ ...expected, unlock_id: first.unlock_id }] });
  expect((await get<{ items: Unlock[] }>('/v1/unlocks')).items).toMatchObject([{ user_id: 'user-1' }, expected]);
  expect(await get('/v1/users/user-4/progress')).toMatchObject({ items: [{ slug: 'alone' }] });
  expect(await get('/v1/users/user-4/xp')).toMatchObject({ total: 0, entries: [] });
  unlocked.unsubscribe();
});

it('a lower threshold is recounted for the teams that reached it before, and one by hand is given and taken', async () => {
  expect((await send('PUT', '/v1/admin/packs/teams', together(1))).status).toBe(200);
  await evaluated();
  const { items } = await get<{ items: Unlock[] }>('/v1/teams/other/unlocks');
  expect(items).toMatchObject([{ backfilled: true, caused_by: 'other', achievement: { version: 2 } }]);
  const byHand = async (action: string) =>
    (await send('POST', `/v1/admin/teams/third/${action}`, { slug: 'together', reason: 'A test.' })).json();
  expect(await byHand('grants')).toMatchObject({ result: 'granted', in_effect: true, unlock: { team_id: 'third', user_id: null } });
  expect(await byHand('revocations')).toMatchObject({ result: 'revoked', in_effect: true });
  expect(await get('/v1/teams/third/unlocks')).toEqual({ items: [], next_cursor: null });
});
