import { addUserAlias, ensureTenant } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestIngest } from '../testing/TestIngest.js';

let ingest: TestIngest;

beforeAll(async () => {
  ingest = await TestIngest.open();
});
afterAll(async () => {
  await ingest.stop();
});

const event = (id: string, userId: string) => ({
  event_id: id,
  type: 'build.succeeded',
  actor: { user_id: userId },
  occurred_at: '2026-04-12T10:15:00Z',
});

// proves: alias-not-lost
it('gives events under an alias to their user once the door knows of it, and takes them for the same events as before', async () => {
  expect((await ingest.post(event('e1', 'old'))).status).toBe(202);
  const { pool } = ingest.database;
  const { tenantKey } = await ensureTenant(pool, 'default');
  await addUserAlias(pool, { tenantKey, alias: 'old', userId: 'new', logSeq: 1, at: 0 });
  let sent = 0;
  const usersOfLog = async () => (await ingest.logged()).map(({ eventId, userId }) => [eventId, userId]);
  await eventually(async () => {
    await ingest.post(event(`try-${String(++sent)}`, 'old'));
    expect((await usersOfLog()).at(-1)?.[1]).toBe('new');
  });
  await jetstream(ingest.nats).publish('events.build.succeeded', JSON.stringify(event('e2', 'old')));
  await eventually(async () => expect(await usersOfLog()).toContainEqual(['e2', 'new']));
  expect((await ingest.post(event('e1', 'old'))).body).toMatchObject({ status: 'duplicate', event_id: 'e1' });
});
