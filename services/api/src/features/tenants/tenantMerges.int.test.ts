import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;
let token: string;

beforeAll(async () => {
  harness = await ApiHarness.open();
  token = await harness.token('corp', ['operator', 'progress:read', 'grants:write']);
  const publisher = await harness.token('corp', ['definitions:publish']);
  await harness.call('PUT', '/v1/admin/packs/test-pack', { token: publisher, body: TEST_PACK });
  for (const tenant of ['corp', 'lab', 'shop', 'third', 'left', 'right', 'leaving'])
    await harness.append(tenant, [{ ...buildEvent('ada'), event_id: 'same' }]);
  await eventually(async () => expect((await harness.get('/v1/status', token)).body.lag).toBe(0));
});
afterAll(async () => {
  await harness.close();
});

const merge = (from: string, into: string, more: { as?: string; body?: object } = {}) =>
  harness.call('POST', `/v1/admin/tenants/${from}/merges`, {
    token: more.as ?? token,
    body: more.body ?? { into, reason: 'one department' },
  });
const audit = async () => {
  const columns = 'tenant_id, actor, reason, subject';
  return (await harness.database.pool.query(`SELECT ${columns} FROM audit JOIN tenants USING (tenant_key) WHERE action = 'tenant_merged'`))
    .rows as unknown[];
};
const conflict = { status: 409, body: { code: 'conflict' } };

describe('POST /v1/admin/tenants/{tenant}/merges', () => {
  it('puts it into the log once, audited, and says how far the history has come along', async () => {
    expect(await harness.get('/v1/admin/tenants/lab/merge', token)).toMatchObject({ status: 404 });
    const first = await merge('lab', 'corp');
    expect(first).toMatchObject({ status: 200, body: { result: 'merged', tenant_id: 'lab', into: 'corp', in_effect: true } });
    const { sequence } = first.body;
    expect(await merge('lab', 'corp')).toMatchObject({ status: 200, body: { result: 'already_merged', sequence } });
    const history = { events: 0, progress: 0, finished_at: null };
    expect((await harness.get('/v1/admin/tenants/lab/merge', token)).body).toMatchObject({ into: 'corp', sequence, history });
    const subject = { from: 'lab', into: 'corp', sequence };
    const audited = [{ tenant_id: 'corp', actor: 'corp-test', reason: 'one department', subject }];
    expect(await audit()).toEqual(audited);
    // Where whoever put it into the log came no further, the next request for it does.
    await harness.database.pool.query("DELETE FROM audit WHERE action = 'tenant_merged'");
    const third = await harness.token('third', ['operator']);
    expect(await merge('lab', 'corp', { as: third })).toMatchObject({ status: 200, body: { result: 'already_merged', sequence } });
    expect(await audit()).toEqual(audited);
  });

  it('says who was first, where two are merged into each other at once', async () => {
    const both = await Promise.all([merge('left', 'right'), merge('right', 'left')]);
    const [won, lost] = both[0].status === 200 ? both : both.toReversed();
    expect(won).toMatchObject({ status: 200, body: { result: 'merged', in_effect: true } });
    expect(lost).toMatchObject(conflict);
    const [ended, other] = won === both[0] ? ['left', 'right'] : ['right', 'left'];
    expect(await harness.get(`/v1/admin/tenants/${ended}/merge`, token)).toMatchObject({ status: 200, body: { into: other } });
    expect(await harness.get(`/v1/admin/tenants/${other}/merge`, token)).toMatchObject({ status: 404 });
  });

  it('refuses what would be a circle, what ended before, what is not known, and who would lock themselves out', async () => {
    expect(await merge('lab', 'shop')).toMatchObject(conflict);
    expect(await merge('shop', 'lab')).toMatchObject(conflict);
    expect(await merge('shop', 'shop')).toMatchObject(conflict);
    expect(await merge('corp', 'shop')).toMatchObject(conflict);
    expect(await merge('nothing', 'corp')).toMatchObject({ status: 404 });
    expect(await merge('shop', 'nothing')).toMatchObject({ status: 404 });
    expect(await merge('shop', 'No such!')).toMatchObject({ status: 422 });
    expect(await merge('shop', 'corp', { body: { into: 'corp' } })).toMatchObject({ status: 422 });
  });

  it('waits for who is being erased in the tenant that ends, who would go on in the other', async () => {
    const own = await harness.token('leaving', ['grants:write']);
    const asked = await harness.call('DELETE', '/v1/admin/users/ada', { token: own, body: { reason: 'asked for' } });
    expect(asked).toMatchObject({ status: 202 });
    expect(await merge('leaving', 'third')).toMatchObject(conflict);
    await harness.database.pool.query("UPDATE erasures SET step = 'done', finished_at = now() WHERE erasure_id = $1", [
      asked.body.erasure_id,
    ]);
    expect(await merge('leaving', 'third')).toMatchObject({ status: 200, body: { result: 'merged' } });
    await harness.database.pool.query('DELETE FROM erasures');
  });

  it('is for who runs the install', async () => {
    const admin = await harness.token('corp', ['grants:write', 'definitions:publish', 'dlq:write']);
    expect(await merge('shop', 'corp', { as: admin })).toMatchObject({ status: 403 });
  });

  it('leaves the tokens of the one good for events alone', async () => {
    const old = await harness.token('lab', ['progress:read', 'grants:write', 'events:write', 'operator']);
    const gone = { status: 410, body: { code: 'tenant_merged' } };
    expect(await harness.get('/v1/users/ada/progress', old)).toMatchObject(gone);
    expect(await merge('shop', 'corp', { as: old })).toMatchObject(gone);
    expect(await harness.get('/v1/users/ada/progress', await harness.token('shop'))).toMatchObject({ status: 200 });
  });
});

describe('DELETE /v1/admin/users/{user}', () => {
  const erase = () => harness.call('DELETE', '/v1/admin/users/ada', { token, body: { reason: 'asked for' } });

  it('waits for a history that is coming along, and then is about both, first where that came from', async () => {
    expect(await erase()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await harness.database.pool.query('INSERT INTO tenant_copies (tenant_key, finished_at) SELECT tenant_key, now() FROM tenant_merges');
    expect(await erase()).toMatchObject({ status: 202 });
    const { rows } = await harness.database.pool.query(
      'SELECT tenant_id, user_ids FROM erasures JOIN tenants USING (tenant_key) ORDER BY requested_at',
    );
    expect(rows).toEqual(['lab', 'corp'].map((tenant_id) => ({ tenant_id, user_ids: ['ada'] })));
  });
});
