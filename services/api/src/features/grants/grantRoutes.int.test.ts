import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { like } from '../../testing/like.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('grants and revocations', () => {
  const body = (more: object = {}) => ({ slug: 'honour', reason: 'She helped a lot.', ...more });

  // proves: ledger-adds-up
  it('give and take an unlock with its XP, and say what is so already', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    const granted = await harness.call('POST', '/v1/admin/users/ann/grants', { token, body: body() });
    expect(granted).toMatchObject({
      status: 200,
      body: { result: 'granted', in_effect: true, unlock: { user_id: 'ann', achievement: { slug: 'honour' }, xp_total: 100 } },
    });
    expect((await harness.get('/v1/users/ann/xp', token)).body).toMatchObject({ total: 100, rank: 'Pro' });
    const again = await harness.call('POST', '/v1/admin/users/ann/grants', { token, body: body() });
    expect(again.body).toMatchObject({ result: 'already_held', sequence: null, unlock: { unlock_id: granted.body.unlock.unlock_id } });

    const revoked = await harness.call('POST', '/v1/admin/users/ann/revocations', { token, body: body({ reason: 'It was not she.' }) });
    expect(revoked.body).toMatchObject({ result: 'revoked', unlock: { reason: 'It was not she.', revoked_at: like.any(String) } });
    expect((await harness.get('/v1/users/ann/unlocks', token)).body.items).toEqual([]);
    expect((await harness.get('/v1/users/ann/unlocks?revoked=include', token)).body.items).toMatchObject([{ reason: 'It was not she.' }]);
    expect((await harness.get('/v1/users/ann/xp', token)).body).toMatchObject({ total: 0, entries: [{ amount: -100 }, { amount: 100 }] });
    expect((await harness.call('POST', '/v1/admin/users/ann/revocations', { token, body: body() })).body).toMatchObject({
      result: 'not_held',
    });
    expect((await harness.call('POST', '/v1/admin/users/bob/revocations', { token, body: body() })).body).toMatchObject({
      result: 'not_held',
      unlock: null,
    });

    const restored = await harness.call('POST', '/v1/admin/users/ann/grants', { token, body: body() });
    expect(restored.body).toMatchObject({ result: 'granted', unlock: { unlock_id: granted.body.unlock.unlock_id } });
    const { rows } = await harness.database.pool.query(
      'SELECT action, actor, reason FROM audit JOIN tenants USING (tenant_key) WHERE tenant_id = $1 ORDER BY at',
      [tenant],
    );
    expect(rows).toEqual([
      { action: 'unlock_granted', actor: `${tenant}-test`, reason: 'She helped a lot.' },
      { action: 'unlock_revoked', actor: `${tenant}-test`, reason: 'It was not she.' },
      { action: 'unlock_granted', actor: `${tenant}-test`, reason: 'She helped a lot.' },
    ]);
  });

  it('act once under one Idempotency-Key, however often it is sent, and not with another content', async () => {
    const { token } = await harness.newTenantWithPack();
    const headers = { 'Idempotency-Key': 'thanks-1' };
    const request = { token, body: { slug: 'builder', reason: 'Thanks.' }, headers };
    const answers = await Promise.all(Array.from({ length: 5 }, () => harness.call('POST', '/v1/admin/users/ann/grants', request)));
    answers.push(await harness.call('POST', '/v1/admin/users/ann/grants', request));
    // Without a key, the second would have been the next level.
    expect(new Set(answers.map(({ body: answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ result: 'granted', unlock: { level: 'bronze' } });
    expect((await harness.get('/v1/users/ann/unlocks', token)).body.items).toHaveLength(1);
    const other = await harness.call('POST', '/v1/admin/users/bob/grants', request);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } });
  });

  it('pick the level and the period, and refuse those that do not exist', async () => {
    const { token } = await harness.newTenantWithPack();
    const grant = (more: object) => harness.call('POST', '/v1/admin/users/cy/grants', { token, body: body(more) });
    expect((await grant({ slug: 'builder', level: 'silver' })).body).toMatchObject({ unlock: { level: 'silver' } });
    expect((await grant({ slug: 'builder' })).body).toMatchObject({ unlock: { level: 'bronze' } });
    expect((await grant({ slug: 'builder' })).body).toMatchObject({ result: 'already_held' });
    expect((await grant({ slug: 'monthly' })).body).toMatchObject({ unlock: { period: new Date().toISOString().slice(0, 7) } });
    expect((await grant({ slug: 'monthly', period: '2024-02' })).body).toMatchObject({ unlock: { period: '2024-02' } });
    for (const [wrong, field] of [
      [{ slug: 'nothing' }, 'slug'],
      [{ slug: 'builder', level: 'gold' }, 'level'],
      [{ slug: 'honour', level: 'bronze' }, 'level'],
      [{ slug: 'monthly', period: '2024-W02' }, 'period'],
      [{ slug: 'honour', period: '2024-02' }, 'period'],
      [{ reason: '  ' }, 'reason'],
      [{ reason: undefined }, 'reason'],
      [{ surprise: 1 }, 'body'],
    ] as const) {
      const refused = await grant(wrong);
      expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ field }] } });
    }
    const several = await harness.call('POST', '/v1/admin/users/cy/revocations', { token, body: body({ slug: 'builder' }) });
    expect(several).toMatchObject({ status: 422, body: { errors: [{ field: 'level' }] } });
    expect((await harness.call('POST', '/v1/admin/users/cy/grants', { token, body: '{' })).status).toBe(400);
  });
});
