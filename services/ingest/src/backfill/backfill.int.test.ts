import { randomUUID } from 'node:crypto';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestIngest } from '../testing/TestIngest.js';

const AHEAD_MAX = 5;

let ingest: TestIngest;

beforeAll(async () => {
  ingest = await TestIngest.open({ limits: { backfillEventsAheadMax: AHEAD_MAX } });
});
afterAll(async () => {
  await ingest.stop();
});

const event = (said: Record<string, unknown> = {}) => ({
  event_id: randomUUID(),
  type: 'build.succeeded',
  actor: { user_id: 'ada' },
  occurred_at: '2026-04-12T10:15:00Z',
  ...said,
});
const old = () => event({ backfill: true });

/** As an evaluator does that has read all of the log. */
async function evaluateAll(): Promise<void> {
  const { pool } = ingest.database;
  await pool.query('UPDATE partitions SET last_seq = $1', [(await ingest.logged()).at(-1)?.sequence]);
}

// proves: backfill-yields
it('holds backfilled events back while those before them are not evaluated, over both doors, and lets live ones in', async () => {
  const first = Array.from({ length: AHEAD_MAX }, old);
  expect((await ingest.post(first)).status).toBe(200);
  const refused = await ingest.post(old());
  expect([refused.status, refused.body.code, refused.headers.get('Retry-After')]).toEqual([429, 'backfill_waits', '1']);
  // One live event among them does not make the others live.
  expect((await ingest.post([event(), old()])).status).toBe(429);
  expect((await ingest.post(event())).status).toBe(202);

  const overNats = old();
  const live = event();
  for (const sent of [overNats, live]) await jetstream(ingest.nats).publish('events.build.succeeded', JSON.stringify(sent));
  const isLogged = async (id: string) => (await ingest.logged()).some(({ eventId }) => eventId === id);
  await eventually(async () => expect(await isLogged(live.event_id)).toBe(true));
  expect([await isLogged(overNats.event_id), await ingest.backlog()]).toEqual([false, 2]);

  await evaluateAll();
  await eventually(async () => expect(await isLogged(overNats.event_id)).toBe(true));
  await eventually(async () => expect((await ingest.post(old())).status).toBe(202));
  expect(await ingest.deadLetters()).toEqual([]);
});

it('takes an event for the same whether it says so or not', async () => {
  await evaluateAll();
  const sent = old();
  await eventually(async () => expect((await ingest.post(sent)).body).toMatchObject({ status: 'accepted' }));
  expect((await ingest.post({ ...sent, backfill: undefined })).body).toMatchObject({ status: 'duplicate', event_id: sent.event_id });
  const [logged] = (await ingest.logged()).filter(({ eventId }) => eventId === sent.event_id);
  expect(logged).toMatchObject({ backfill: true });
});
