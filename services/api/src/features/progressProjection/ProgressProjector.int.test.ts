import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { like } from '../../testing/like.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('the projection of progress', () => {
  it('writes what users have progress in, and follows grants and publications', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    await harness.append(tenant, [buildEvent('ann'), buildEvent('bob', { target: 'branch' })]);
    const rowsOf = async () => {
      const { rows } = await harness.database.pool.query<object>(
        `SELECT user_id, slug, status, value, level FROM progress JOIN users USING (tenant_key, user_key) JOIN tenants USING (tenant_key)
          WHERE tenant_id = $1 ORDER BY user_id, slug`,
        [tenant],
      );
      return rows;
    };
    const first = [
      { user_id: 'ann', slug: 'builder', status: 'progressing', value: 1, level: null },
      { user_id: 'ann', slug: 'first-build', status: 'unlocked', value: 1, level: null },
      { user_id: 'bob', slug: 'first-build', status: 'unlocked', value: 1, level: null },
    ];
    await eventually(async () => expect(await rowsOf()).toEqual(first), { timeoutMs: 20_000 });
    await harness.call('POST', '/v1/admin/users/bob/grants', { token, body: { slug: 'honour', reason: 'Thanks.' } });
    await eventually(async () => expect(await rowsOf()).toContainEqual(like.objectContaining({ user_id: 'bob', slug: 'honour' })), {
      timeoutMs: 20_000,
    });
    const without = TEST_PACK.replace(/ {2}- slug: honour[\s\S]*?type: manual \}\n/, '');
    await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: without });
    await eventually(async () => expect(await rowsOf()).toEqual(first), { timeoutMs: 20_000 });
    await harness.append(tenant, [buildEvent('ann')]);
    const further = [{ user_id: 'ann', slug: 'builder', status: 'progressing', value: 2, level: 'bronze' }, ...first.slice(1)];
    await eventually(async () => expect(await rowsOf()).toEqual(further), { timeoutMs: 20_000 });
    await eventually(async () => {
      const { rows } = await harness.database.pool.query(`SELECT last_seq FROM projections WHERE name = 'progress-projection'`);
      const { log } = (await harness.get('/v1/status', token)).body;
      expect(rows).toEqual([{ last_seq: log.last_sequence }]);
    });
  });
});
