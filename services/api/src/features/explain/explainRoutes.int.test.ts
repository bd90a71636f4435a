import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('explain', () => {
  it('says which events counted, which did not and why, and what is missing', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    await harness.append(tenant, [
      buildEvent('ann', { id: 'x1' }),
      buildEvent('ann', { id: 'x2', target: 'branch' }),
      buildEvent('bob', { id: 'x3' }),
      buildEvent('ann', { id: 'x4', at: '2026-04-14T10:15:00Z' }),
      buildEvent('ann', { id: 'x5', type: 'coffee.made' }),
    ]);
    await harness.evaluated(token);
    const { status, body } = await harness.get('/v1/users/ann/achievements/builder/explain', token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      slug: 'builder',
      version: 1,
      status: 'progressing',
      value: 2,
      threshold: 4,
      missing: 2,
      level: 'bronze',
      blocked_by: null,
      counted_total: 2,
      not_counted_totals: { where_false: 1, other_type: 1 },
      history: { events: 4, truncated: false, missing: 0 },
    });
    expect(body.counted.map(({ event_id: id }) => id)).toEqual(['x4', 'x1']);
    expect(body.not_counted).toMatchObject([{ event_id: 'x2', reason: 'where_false' }]);
    expect(body.crossed).toMatchObject([{ threshold: 2, level: 'bronze', event_id: 'x4', at: '2026-04-14T10:15:00Z' }]);
    expect(body.unlocks).toMatchObject([{ level: 'bronze', caused_by: 'x4' }]);
    expect(body.summary).toContain('Builder');
  });

  it('replays no more than its bound and says so', async () => {
    const bounded = await ApiHarness.open({ explainEventsMax: 3 });
    try {
      const token = await bounded.token('bounded');
      await bounded.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
      for (let i = 0; i < 5; i++) await bounded.append('bounded', [buildEvent('ann', { id: `b${i}` })]);
      await eventually(async () => expect((await bounded.get('/v1/status', token)).body.lag).toBe(0));
      const { body } = await bounded.get('/v1/users/ann/achievements/builder/explain', token);
      expect(body).toMatchObject({ status: 'unlocked', history: { events: 3, truncated: true, missing: 0 } });
    } finally {
      await bounded.close();
    }
  });
});
