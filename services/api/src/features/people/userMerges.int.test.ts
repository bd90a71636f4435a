import { createToken } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { like } from '../../testing/like.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

const TENANT = 'people';
let harness: ApiHarness;
let token: string;

beforeAll(async () => {
  harness = await ApiHarness.open();
  token = await harness.token(TENANT);
  await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
  await harness.append(
    TENANT,
    ['ada', 'ben', 'carla', 'dora', 'eva', 'finn'].map((user) => ({ ...buildEvent(user), event_id: user })),
  );
  await eventually(async () => expect((await harness.get('/v1/status', token)).body.lag).toBe(0));
});
afterAll(async () => {
  await harness.close();
});

const reason = 'one person';
const merge = (from: string, into: string, as = token) =>
  harness.call('POST', `/v1/admin/users/${encodeURIComponent(from)}/merges`, { token: as, body: { into, reason } });
const rename = (from: string, to: string) =>
  harness.call('POST', `/v1/admin/users/${encodeURIComponent(from)}/renames`, { token, body: { to, reason } });
const merges = async () =>
  (await harness.database.pool.query("SELECT actor, reason, subject FROM audit WHERE action = 'users_merged'")).rows as unknown[];
const conflict = { status: 409, body: { code: 'conflict' } };
const unknown = { status: 404, body: { code: 'not_found' } };

describe('POST /v1/admin/users/{user}/merges', () => {
  it('puts it into the log once, audited, and answers when it is in effect', async () => {
    const first = await merge('ada', 'ben');
    expect(first).toMatchObject({ status: 200, body: { result: 'merged', user_id: 'ben', alias: 'ada', in_effect: true } });
    expect(await merge('ada', 'ben')).toMatchObject({ status: 200, body: { result: 'already_merged', user_id: 'ben', sequence: null } });
    const audited = [{ actor: `${TENANT}-test`, reason, subject: { from: 'ada', into: 'ben', sequence: first.body.sequence } }];
    expect(await merges()).toEqual(audited);
    // Where whoever put it into the log came no further, the next request for it does.
    await harness.database.pool.query("DELETE FROM audit WHERE action = 'users_merged'");
    const another = await createToken(harness.database.pool, { tenantId: TENANT, name: 'another', scopes: ['grants:write'] });
    expect(await merge('ada', 'ben', another.token)).toMatchObject({ status: 200, body: { result: 'already_merged' } });
    expect(await merges()).toEqual(audited);
  });

  it('lets both ids be asked for', async () => {
    for (const path of ['progress', 'unlocks', 'xp', 'achievements/builder/explain']) {
      const answers = await Promise.all(['ada', 'ben'].map((user) => harness.get(`/v1/users/${user}/${path}`, token)));
      expect([answers[0]?.status, answers[0]?.body]).toEqual([200, answers[1]?.body]);
    }
  });

  it('goes into whom an alias leads to, and takes the aliases along', async () => {
    expect(await merge('carla', 'ada')).toMatchObject({ status: 200, body: { user_id: 'ben' } });
    expect(await merge('ben', 'dora')).toMatchObject({ status: 200, body: { user_id: 'dora' } });
    expect(await merge('carla', 'dora')).toMatchObject({ status: 200, body: { result: 'already_merged', user_id: 'dora' } });
  });

  it('refuses what would end in itself, who ended before, and who is not known', async () => {
    for (const [from, into] of [
      ['eva', 'eva'],
      ['dora', 'ada'],
      ['ada', 'eva'],
    ] as const)
      expect(await merge(from, into)).toMatchObject(conflict);
    for (const [from, into] of [
      ['nobody', 'eva'],
      ['eva', 'nobody'],
    ] as const)
      expect(await merge(from, into)).toMatchObject(unknown);
    expect(await merge('eva', 'dora', await harness.token('another'))).toMatchObject(unknown);
  });

  it('wants a reason, and the scope for it', async () => {
    expect(await harness.call('POST', '/v1/admin/users/eva/merges', { token, body: { into: 'finn' } })).toMatchObject({ status: 422 });
    const reader = await harness.token(TENANT, ['progress:read']);
    expect(await merge('eva', 'finn', reader)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('a user with more unlocks than one transaction moves', () => {
  it('is merged into nobody and not renamed, which is said at once, but takes another in', async () => {
    const small = await ApiHarness.open({ userMergeUnlocksMax: 1 });
    try {
      const { tenant, token: own } = await small.newTenantWithPack();
      await small.append(tenant, [
        buildEvent('few', { target: 'branch' }),
        buildEvent('many'),
        buildEvent('many', { at: '2026-04-13T10:15:00Z' }),
      ]);
      await small.evaluated(own);
      const ask = (path: string, body: object) => small.call('POST', `/v1/admin/users/${path}`, { token: own, body: { ...body, reason } });
      const refused = await ask('many/merges', { into: 'few' });
      const detail = like.stringContaining('"many" has more than 1 unlocks, which is as many as can be moved at once: merge the other one');
      expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', detail } });
      expect(await ask('many/renames', { to: 'lots' })).toMatchObject(conflict);
      expect(await ask('few/merges', { into: 'many' })).toMatchObject({ status: 200, body: { result: 'merged', user_id: 'many' } });
    } finally {
      await small.close();
    }
  });
});

describe('GET /v1/status', () => {
  it('lags while an event under an alias is on its way to its user', async () => {
    const { pool } = harness.database;
    const { rows } = await pool.query<{ id: number }>(
      "INSERT INTO outbox (partition, subject, msg_id, payload) VALUES (0, 'log.1.people', 'alias:1:0', '') RETURNING id",
    );
    await eventually(async () => expect((await harness.get('/v1/status', token)).body.lag).toBe(1));
    await pool.query('DELETE FROM outbox WHERE id = $1', [rows[0]?.id]);
    await eventually(async () => expect((await harness.get('/v1/status', token)).body.lag).toBe(0));
  });
});

describe('POST /v1/admin/users/{user}/renames', () => {
  it('takes a name that nobody has', async () => {
    expect(await rename('eva', 'finn')).toMatchObject(conflict);
    expect(await rename('eva', 'ada')).toMatchObject(conflict);
    expect(await rename('eva', 'éva')).toMatchObject({ status: 200, body: { result: 'renamed', user_id: 'éva', alias: 'eva' } });
    expect(await rename('eva', 'éva')).toMatchObject({ status: 200, body: { result: 'already_merged' } });
  });
});

describe('POST /v1/admin/packs/{pack}/preview', () => {
  it('takes all that was done under any id of a user for theirs', async () => {
    const { body } = await harness.call('POST', '/v1/admin/packs/test-pack/preview', { token, body: TEST_PACK });
    // Three of the six were merged into a fourth, and one was renamed.
    expect(body).toMatchObject({ events: 6, users: { seen: 3 } });
  });
});
