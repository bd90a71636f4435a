import { createLogger, createMetrics } from '@cairn/runtime';
import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../createApi.js';
import { ApiHarness, PARTITIONS } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

const PATH = '/v1/admin/packs/test-pack';

describe('the difference that publishing would make', () => {
  it('is told field by field, and publishes nothing', async () => {
    const { tenant, token } = await harness.newTenant();
    const first = await harness.call('POST', `${PATH}/diff`, { token, body: TEST_PACK });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ pack: 'test-pack', users: 0, xp_rules: [{ id: 'per-build', change: 'added' }] });
    expect(first.body.changes).toHaveLength(4);
    expect(first.body.changes[0]).toEqual({ slug: 'first-build', change: 'added', version: 1, on_publish: 'recount', fields: [] });
    expect((await harness.get('/v1/achievements', token)).body.items).toEqual([]);

    expect((await harness.call('PUT', PATH, { token, body: TEST_PACK })).body).toMatchObject({ in_effect: true });
    await harness.append(tenant, [buildEvent('ada'), buildEvent('bob')]);
    const changed = TEST_PACK.replace('threshold: 4, xp_reward: 20', 'threshold: 5, xp_reward: 20')
      .replace('    criteria: { type: manual }', '    on_publish: restart\n    criteria: { type: manual }')
      .replace('amount: 1 }', 'amount: 2 }')
      .replace('{ name: Rookie, xp: 0 }', '{ name: Novice, xp: 0 }');
    await eventually(async () => {
      const { body } = await harness.call('POST', `${PATH}/diff`, { token, body: changed });
      expect(body).toMatchObject({ users: 2 });
    });
    const { body } = await harness.call('POST', `${PATH}/diff`, { token, body: changed });
    expect(body.changes).toEqual([
      { slug: 'first-build', change: 'unchanged', version: 1, on_publish: null, fields: [] },
      {
        slug: 'builder',
        change: 'changed',
        version: 2,
        on_publish: 'recount',
        fields: [{ field: 'levels[silver].threshold', from: 4, to: 5 }],
      },
      { slug: 'monthly', change: 'unchanged', version: 1, on_publish: null, fields: [] },
      {
        slug: 'honour',
        change: 'changed',
        version: 2,
        on_publish: 'restart',
        fields: [{ field: 'on_publish', from: 'recount', to: 'restart' }],
      },
    ]);
    expect(body).toMatchObject({
      xp_rules: [{ id: 'per-build', change: 'changed', fields: [{ field: 'amount', from: 1, to: 2 }] }],
      ranks: [
        { name: 'Novice', change: 'added' },
        { name: 'Pro', change: 'unchanged' },
        { name: 'Rookie', change: 'retired' },
      ],
    });
  });

  it('is refused for a pack that is wrong, or of another name, or without the scope', async () => {
    const { tenant, token } = await harness.newTenant();
    const wrong = await harness.call('POST', `${PATH}/diff`, { token, body: TEST_PACK.replace('threshold: 1', 'threshold: 0') });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid_pack' } });
    expect((await harness.call('POST', '/v1/admin/packs/other/diff', { token, body: TEST_PACK })).status).toBe(422);
    const reader = await harness.token(tenant, ['progress:read']);
    expect((await harness.call('POST', `${PATH}/diff`, { token: reader, body: TEST_PACK })).status).toBe(403);
  });
});

describe('packs in effect', () => {
  it('are listed with what they hold, and the plans that they may name', async () => {
    const { token } = await harness.newTenant();
    expect((await harness.get('/v1/admin/packs', token)).body).toEqual({
      items: [],
      tier_order: ['free', 'basic', 'pro', 'enterprise'],
      next_cursor: null,
    });
    const { body } = await harness.call('PUT', PATH, { token, body: TEST_PACK });
    expect((await harness.get('/v1/admin/packs', token)).body.items).toEqual([
      { pack: 'test-pack', achievements: 4, xp_rules: 1, ranks: 2, sequence: body.sequence },
    ]);
  });

  it('hold no cases: to change them changes nothing', async () => {
    const { token } = await harness.newTenant();
    await harness.call('PUT', PATH, { token, body: TEST_PACK });
    const tested = `${TEST_PACK}tests:\n  - name: a case\n    when: [{ type: build.succeeded }]\n    then: { unlocks: [first-build] }\n`;
    expect((await harness.call('PUT', PATH, { token, body: tested })).body).toMatchObject({ changed: false });
    const wrong = await harness.call('PUT', PATH, { token, body: tested.replace('[first-build]', '[second-build]') });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'tests[0].then.unlocks[0]' }] } });
  });
});

describe('the JSON Schema of packs', () => {
  it('is served to editors', async () => {
    const response = await harness.fetch('/schemas/pack.json', { method: 'GET', token: '' });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toContain('application/schema+json');
    expect(await response.json()).toMatchObject({ required: ['pack'] });
  });
});

describe('types of events', () => {
  it('are counted by tenant, with the times that they were seen between', async () => {
    const { tenant, token } = await harness.newTenant();
    expect((await harness.get('/v1/event-types', token)).body).toEqual({ items: [], next_cursor: null });
    await harness.append(tenant, [
      buildEvent('ada', { at: '2026-04-12T10:15:00Z' }),
      buildEvent('bob', { at: '2026-02-01T00:00:00Z' }),
      buildEvent('ada', { type: 'a.first.one', at: '2026-03-01T00:00:00Z' }),
    ]);
    await harness.append((await harness.newTenant()).tenant, [buildEvent('ada', { type: 'not.ours' })]);
    await eventually(async () =>
      expect((await harness.get('/v1/event-types', token)).body.items).toEqual([
        { type: 'a.first.one', events: 1, first_seen: '2026-03-01T00:00:00Z', last_seen: '2026-03-01T00:00:00Z' },
        { type: 'build.succeeded', events: 2, first_seen: '2026-02-01T00:00:00Z', last_seen: '2026-04-12T10:15:00Z' },
      ]),
    );
    expect((await harness.get('/v1/event-types', await harness.token(tenant, ['events:write']))).status).toBe(403);
  });

  it('go on being counted, each event once, with several replicas', async () => {
    const { tenant, token } = await harness.newTenant();
    await harness.append(tenant, [buildEvent('ada')]);
    const counted = async (events: number): Promise<void> =>
      eventually(async () => expect((await harness.get('/v1/event-types', token)).body.items).toMatchObject([{ events }]));
    await counted(1);
    const { nats, database } = harness;
    const log = createLogger({ name: 'second', level: 'fatal', pretty: 'off' });
    const second = createApi({
      nats,
      database,
      log,
      metrics: createMetrics({ processMetrics: false }),
      partitions: PARTITIONS,
      version: '1',
    });
    await second.start();
    await harness.append(tenant, [buildEvent('ada'), buildEvent('bob')]);
    await counted(3);
    await second.stop();
    await harness.append(tenant, [buildEvent('ada')]);
    await counted(4);
  });
});
