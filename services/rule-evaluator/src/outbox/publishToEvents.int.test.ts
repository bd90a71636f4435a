import { realtimeTeamUnlockSubject, realtimeUnlockSubject, type Unlock } from '@cairn/contracts';
import { AckedPublisher, connectNats, createLogger, ensureStreams } from '@cairn/runtime';
import { type FreshNats, freshNats } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OutboxMessage } from './OutboxRelay.js';
import { publishToEvents } from './publishToEvents.js';

const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
let server: FreshNats;
let nats: NatsConnection;

beforeAll(async () => {
  server = await freshNats();
  nats = await connectNats({ url: server.url, name: 'cairn-test', log });
  await ensureStreams(nats, { replicas: 1 });
});
afterAll(async () => {
  await nats.close();
  await server.drop();
});

function unlockOf(more: Partial<Unlock>): Unlock {
  return {
    unlock_id: 'u-1',
    tenant_id: 'acme',
    user_id: 'ann@x',
    achievement: { slug: 'first', name: 'First', version: 1, rarity: 'common', category: 'test' },
    ...{ level: null, period: null, value: 1, threshold: 1, xp_reward: 10, xp_total: 10 },
    ...{ unlocked_at: '2026-04-12T10:15:00Z', caused_by: 'e1', evidence: ['e1'], backfilled: false, message: 'Well done.' },
    ...more,
  };
}

function messageOf(unlock: Unlock): OutboxMessage {
  const payload = Buffer.from(JSON.stringify(unlock));
  return { id: 1, subject: 'events.achievement.unlocked', messageId: unlock.unlock_id, headers: null, payload };
}

// proves: backfill-is-silent
it('tells of each unlock of a user and of a team live as well, with a short life, and of no backfilled one', async () => {
  const received: { subject: string; body: unknown; ttl: string | undefined }[] = [];
  nats.subscribe('events.realtime.achievement_unlocked.acme.>', {
    callback: (_, message) => {
      received.push({ subject: message.subject, body: message.json(), ttl: message.headers?.get('Nats-TTL') });
    },
  });
  await nats.flush();
  const publish = publishToEvents(new AckedPublisher(nats));
  const ofUser = unlockOf({ unlock_id: 'u-1' });
  const ofTeam = unlockOf({ unlock_id: 'u-2', user_id: null, team_id: 'ann@x' });
  const backfilled = unlockOf({ unlock_id: 'u-3', backfilled: true });
  for (const unlock of [backfilled, ofUser, ofTeam]) await publish(messageOf(unlock));
  await nats.flush();
  expect(received).toEqual([
    { subject: realtimeUnlockSubject('acme', 'ann@x'), body: ofUser, ttl: '60s' },
    { subject: realtimeTeamUnlockSubject('acme', 'ann@x'), body: ofTeam, ttl: '60s' },
  ]);
  // Published again, as a sweep does after a crash, it is the same messages to the stream.
  for (const unlock of [backfilled, ofUser, ofTeam]) await publish(messageOf(unlock));
  const { state } = await (await jetstreamManager(nats)).streams.info('EVENTS', { subjects_filter: '>' });
  expect(state.messages).toBe(5);
});
