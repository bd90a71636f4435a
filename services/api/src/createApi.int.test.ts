import { eventually } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerItem } from './testing/AnswerBody.js';
import { type Answer, ApiHarness } from './testing/ApiHarness.js';
import { like } from './testing/like.js';
import { buildEvent, TEST_PACK } from './testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('reads', () => {
  it('show progress, unlocks and XP of a user as the contract says', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    await harness.append(tenant, [buildEvent('ann/ö@x', { id: 'e1' }), buildEvent('ann/ö@x', { id: 'e2', at: '2026-04-13T10:15:00Z' })]);
    await harness.evaluated(token);
    const user = encodeURIComponent('ann/ö@x');
    expect((await harness.get(`/v1/users/${user}/progress`, token)).body.items).toEqual([
      { slug: 'builder', name: 'Builder', status: 'progressing', value: 2, threshold: 4, level: 'bronze', eligible: true },
      { slug: 'first-build', name: 'First Build', status: 'unlocked', value: 1, threshold: 1, eligible: true },
      { slug: 'honour', name: 'Honour', status: 'locked', value: 0, threshold: 1, eligible: true },
      like.objectContaining({
        slug: 'monthly',
        status: 'locked',
        value: 0,
        threshold: 1,
        period: like.stringMatching(/^\d{4}-\d{2}$/),
      }),
    ]);
    const unlocks = (await harness.get(`/v1/users/${user}/unlocks`, token)).body;
    expect(unlocks.next_cursor).toBeNull();
    expect(unlocks.items).toEqual([
      like.objectContaining({
        achievement: like.objectContaining({ slug: 'builder' }),
        level: 'bronze',
        xp_total: 61,
        caused_by: 'e2',
      }),
      {
        unlock_id: like.any(String),
        tenant_id: tenant,
        user_id: 'ann/ö@x',
        achievement: { slug: 'first-build', name: 'First Build', version: 1, rarity: 'uncommon', category: 'builds' },
        level: null,
        period: null,
        value: 1,
        threshold: 1,
        xp_reward: 50,
        xp_total: like.any(Number),
        unlocked_at: '2026-04-12T10:15:00Z',
        caused_by: 'e1',
        evidence: ['e1'],
        backfilled: false,
        message: 'You built 1 and unlocked First Build.',
      },
    ]);
    const xp = (await harness.get(`/v1/users/${user}/xp`, token)).body;
    expect(xp).toMatchObject({ total: 62, rank: 'Rookie', next_cursor: null });
    expect(xp.entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(62);
    expect(xp.entries[0]).toMatchObject({ total_after: 62 });
    expect(xp.entries.find(({ slug }) => slug === 'builder')).toMatchObject({ reason: 'unlock', level: 'bronze', period: null });
  });

  it('have everything locked at 0 for a user that is not known', async () => {
    const { token } = await harness.newTenantWithPack();
    const { status, body } = await harness.get('/v1/users/nobody/progress', token);
    expect(status).toBe(200);
    expect(body.items.map(({ status: s, value }) => [s, value])).toEqual(Array(4).fill(['locked', 0]));
    expect(body).toMatchObject({ known: false });
    const why = await harness.get('/v1/users/nobody/achievements/builder/explain', token);
    expect(why.body.summary).toContain('No event of this user was ever seen.');
    expect((await harness.get('/v1/users/nobody/unlocks', token)).body).toEqual({ items: [], next_cursor: null });
    expect((await harness.get('/v1/users/nobody/xp', token)).body).toEqual({ total: 0, rank: 'Rookie', entries: [], next_cursor: null });
  });

  // proves: tenants-apart
  it('keep tenants apart', async () => {
    const one = await harness.newTenantWithPack();
    const other = await harness.newTenant();
    await harness.append(one.tenant, [buildEvent('ann')]);
    await harness.evaluated(one.token);
    expect((await harness.get('/v1/users/ann/unlocks', one.token)).body.items).toHaveLength(1);
    for (const path of ['/v1/users/ann/unlocks', '/v1/unlocks', '/v1/achievements', '/v1/users/ann/progress']) {
      expect((await harness.get(path, other.token)).body.items).toEqual([]);
    }
    expect((await harness.get('/v1/users/ann/xp', other.token)).body.total).toBe(0);
    expect((await harness.get('/v1/users/ann/achievements/first-build/explain', other.token)).status).toBe(404);
    const cursor = (await harness.get('/v1/unlocks?limit=1', one.token)).body.end_cursor;
    expect((await harness.get(`/v1/unlocks?cursor=${cursor}`, other.token)).body.items).toEqual([]);
  });

  it('refuse what makes no sense', async () => {
    const { token } = await harness.newTenantWithPack();
    const codeOf = async (path: string, by = token) => {
      const { status, body } = await harness.get(path, by);
      return [status, body.code];
    };
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'limit=-1', 'cursor=%00', 'cursor=abc', `cursor=${'a'.repeat(1000)}`]) {
      expect(await codeOf(`/v1/unlocks?${query}`)).toEqual([422, 'invalid_request']);
      expect(await codeOf(`/v1/users/ann/xp?${query}`)).toEqual([422, 'invalid_request']);
    }
    const foreign = (await harness.get('/v1/unlocks?limit=1', token)).body;
    expect(foreign.items).toEqual([]);
    const forged = Buffer.from(JSON.stringify(['xp', { logSeq: 1, ordinal: 0, entryId: 'x' }])).toString('base64url');
    expect(await codeOf(`/v1/users/ann/xp?cursor=${forged}`)).toEqual([422, 'invalid_request']);
    const ofOtherList = Buffer.from(JSON.stringify(['xp', { logSeq: 1, ordinal: 0, entryId: crypto.randomUUID() }])).toString('base64url');
    expect(await codeOf(`/v1/users/ann/unlocks?cursor=${ofOtherList}`)).toEqual([422, 'invalid_request']);
    for (const user of ['%01', 'a'.repeat(129), '%ff', '%zz'])
      expect(await codeOf(`/v1/users/${user}/progress`)).toEqual([422, 'invalid_request']);
    expect(await codeOf('/v1/achievements/nothing')).toEqual([404, 'not_found']);
    expect(await codeOf('/v1/users/ann/achievements/nothing/explain')).toEqual([404, 'not_found']);
    expect(await codeOf('/v1/nothing')).toEqual([404, 'not_found']);
    const mute = await harness.token('mute', ['events:write']);
    for (const path of ['/v1/unlocks', '/v1/achievements', '/v1/users/ann/progress', '/v1/users/ann/xp']) {
      expect(await codeOf(path, mute)).toEqual([403, 'forbidden']);
    }
    expect((await harness.get('/v1/status', mute)).status).toBe(200);
    expect((await harness.call('PUT', '/v1/admin/packs/test-pack', { token: mute, body: TEST_PACK })).status).toBe(403);
    expect((await harness.call('POST', '/v1/admin/users/ann/grants', { token: mute, body: {} })).status).toBe(403);
  });

  // proves: pages-complete
  it('page through everything exactly once while more comes in', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    const users = Array.from({ length: 60 }, (_, i) => `u${i}`);
    let isDone = false;
    const writing = (async () => {
      for (let i = 0; i < users.length; i += 3)
        await harness.append(
          tenant,
          users.slice(i, i + 3).map((user) => buildEvent(user)),
        );
      isDone = true;
    })();
    const followed: AnswerItem[] = [];
    let cursor: string | null = null;
    let isLast = false;
    while (!isLast) {
      if (isDone) await harness.evaluated(token);
      isLast = isDone;
      let page: Answer;
      do {
        page = await harness.get(`/v1/unlocks?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`, token);
        followed.push(...page.body.items);
        cursor = page.body.end_cursor;
      } while (page.body.next_cursor !== null);
    }
    await writing;
    const ids = followed.map(({ unlock_id: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(users.length);
    expect(await harness.pages('/v1/unlocks?limit=11', token, 'items')).toEqual(followed);
  });

  it('page through a ledger and a list of unlocks with equal places', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    const months = Array.from({ length: 12 }, (_, i) => `2025-${String(i + 1).padStart(2, '0')}-10T00:00:00Z`);
    const asTheyCame = months.map((_, i) => months[(i * 5) % months.length] ?? '');
    await harness.append(
      tenant,
      asTheyCame.map((at) => buildEvent('ann', { at, type: 'ship.sent' })),
    );
    await harness.evaluated(token);
    const monthOf = (at: string): string => at.slice(0, 7);
    const unlocks = await harness.pages('/v1/users/ann/unlocks?limit=5', token, 'items');
    expect(unlocks.map(({ period }) => period)).toEqual(months.map(monthOf).reverse());
    const entries = await harness.pages('/v1/users/ann/xp?limit=5', token, 'entries');
    expect(entries.map(({ total_after: total }) => total)).toEqual(months.map((_, i) => 60 - i * 5));
    expect(entries.map(({ slug, level, period }) => [slug, level, period])).toEqual(
      asTheyCame.map((at) => ['monthly', null, monthOf(at)]).reverse(),
    );
  });
});

describe('/openapi.json', () => {
  it('describes every route, without a token', async () => {
    const { status, body } = await harness.get('/openapi.json', 'none');
    expect(status).toBe(200);
    expect(body.openapi).toBe('3.1.0');
    const calls = Object.entries(body.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(calls.sort()).toEqual([
      'delete /v1/admin/users/{user}',
      'get /healthz',
      'get /metrics',
      'get /readyz',
      'get /schemas/pack.json',
      'get /v1/achievements',
      'get /v1/achievements/{slug}',
      'get /v1/admin/dead-letters',
      'get /v1/admin/dead-letters/codes',
      'get /v1/admin/dead-letters/{id}',
      'get /v1/admin/erasures',
      'get /v1/admin/erasures/{erasure_id}',
      'get /v1/admin/packs',
      'get /v1/admin/tenants/{tenant}/merge',
      'get /v1/event-types',
      'get /v1/status',
      'get /v1/stream',
      'get /v1/teams/{team}/progress',
      'get /v1/teams/{team}/unlocks',
      'get /v1/unlocks',
      'get /v1/users/{user}/achievements/{slug}/explain',
      'get /v1/users/{user}/progress',
      'get /v1/users/{user}/unlocks',
      'get /v1/users/{user}/xp',
      'post /v1/admin/dead-letters/discard',
      'post /v1/admin/dead-letters/redrive',
      'post /v1/admin/events/{event_id}/retraction',
      'post /v1/admin/packs/{pack}/diff',
      'post /v1/admin/packs/{pack}/preview',
      'post /v1/admin/teams/{team}/grants',
      'post /v1/admin/teams/{team}/revocations',
      'post /v1/admin/tenants/{tenant}/merges',
      'post /v1/admin/users/{user}/grants',
      'post /v1/admin/users/{user}/merges',
      'post /v1/admin/users/{user}/renames',
      'post /v1/admin/users/{user}/revocations',
      'post /v1/events',
      'put /v1/admin/packs/{pack}',
    ]);
    const text = JSON.stringify(body);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining(references));
  });
});

describe('a stop', () => {
  it('answers who waits for the evaluation, though nobody evaluates any more', async () => {
    const stopping = await ApiHarness.open();
    try {
      const { token } = await stopping.newTenantWithPack();
      const { streams } = await jetstreamManager(stopping.nats);
      const written = async () => (await streams.info('CAIRN_LOG')).state.last_seq;
      await stopping.folder.pause();
      const before = await written();
      const granting = stopping.call('POST', '/v1/admin/users/bob/grants', { token, body: { slug: 'honour', reason: 'Thanks.' } });
      await eventually(async () => expect(await written()).toBeGreaterThan(before));
      await stopping.api.pause();
      expect((await granting).status).toBe(202);
      expect((await stopping.get('/v1/users/bob/progress', token)).status).toBe(200);
    } finally {
      await stopping.close();
    }
  });
});
