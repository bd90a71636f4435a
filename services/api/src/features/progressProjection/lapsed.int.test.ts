import { encodeTick, TICK_MS, TICK_SUBJECT, tickBefore } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';

const TENANT = 'lapsing';
const DAY_MS = 24 * 60 * 60 * 1_000;
const WAIT_MS_MAX = 30_000;
const counting = { type: 'count', event: 'build.succeeded', threshold: 9 };
const PACK = {
  pack: 'lapsing',
  achievements: [
    { slug: 'ever', name: 'Ever', reason: 'A test.', criteria: counting },
    { slug: 'today', name: 'Today', reason: 'A test.', criteria: { ...counting, window: { calendar: 'day' } } },
    { slug: 'lately', name: 'Lately', reason: 'A test.', criteria: { ...counting, window: { rolling: '3d' } } },
    {
      slug: 'in-a-row',
      name: 'In a row',
      reason: 'A test.',
      criteria: { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 9 },
    },
  ],
};

let harness: ApiHarness;
let token: string;

beforeAll(async () => {
  harness = await ApiHarness.open();
  token = await harness.token(TENANT);
  await harness.call('PUT', '/v1/admin/packs/lapsing', { token, body: PACK });
});
afterAll(async () => {
  await harness.close();
});

interface Read {
  items: { slug: string; value: number; period?: string }[];
  needs: string;
}
const read = async (path: string) => (await harness.get(`/v1/users/ann/${path}`, token)).body as unknown as Read;
const answered = async () => Object.fromEntries((await read('progress')).items.map(({ slug, value }) => [slug, value]));
/** Of the table. */
async function projected(): Promise<Record<string, number>> {
  const { rows } = await harness.database.pool.query<{ slug: string; value: number }>('SELECT slug, value FROM progress');
  return Object.fromEntries(rows.map(({ slug, value }) => [slug, value]));
}
const tick = (at: number) => jetstream(harness.nats).publish(TICK_SUBJECT, encodeTick(at));

// proves: time-is-in-the-log
it('shows what lapsed with a tick, in answers and in the table, without an event; and what came behind a tick at once', async () => {
  const began = tickBefore(Date.now()) - 5 * DAY_MS;
  const event = (id: string, at: number) => ({
    event_id: id,
    type: 'build.succeeded',
    actor: { user_id: 'ann' },
    occurred_at: new Date(at).toISOString(),
  });
  const shows = async (values: Record<string, number>) => {
    await eventually(async () => expect(await answered()).toEqual(values), { timeoutMs: WAIT_MS_MAX });
    const begun = Object.fromEntries(Object.entries(values).filter(([, value]) => value > 0));
    await eventually(async () => expect(await projected()).toEqual(begun), { timeoutMs: WAIT_MS_MAX });
  };
  await tick(began);
  // It is later than the tick says, as the event shows.
  await harness.append(TENANT, [event('first', began + TICK_MS / 2)]);
  await shows({ ever: 1, today: 1, lately: 1, 'in-a-row': 1 });
  expect((await read('achievements/in-a-row/explain')).needs).toContain('the current run is 1');

  await tick(began + DAY_MS);
  await shows({ ever: 1, today: 0, lately: 1, 'in-a-row': 1 });
  expect((await read('achievements/in-a-row/explain')).needs).toContain('the current run is 1');

  await tick(began + 2 * DAY_MS);
  await eventually(async () => expect((await read('achievements/in-a-row/explain')).needs).toContain('the last run ended with 1'));
  await tick(began + 4 * DAY_MS);
  await shows({ ever: 1, today: 0, lately: 0, 'in-a-row': 1 });
});
