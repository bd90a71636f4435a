import { partitionOf } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerItem } from './testing/AnswerBody.js';
import { type Answer, ApiHarness, PARTITIONS } from './testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from './testing/packs.js';

/** vitest types its matchers as `any`. */
const like = {
  any: (type: unknown): unknown => expect.any(type),
  objectContaining: (fields: object): unknown => expect.objectContaining(fields),
  stringContaining: (part: string): unknown => expect.stringContaining(part),
  stringMatching: (pattern: RegExp): unknown => expect.stringMatching(pattern),
};

let harness: ApiHarness;
let tenants = 0;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

/** A tenant of its own, with a token for everything. */
async function newTenant(): Promise<{ tenant: string; token: string }> {
  const tenant = `tenant-${++tenants}`;
  return { tenant, token: await harness.token(tenant) };
}

/** The same, with the test pack in effect. */
async function newTenantWithPack(): Promise<{ tenant: string; token: string }> {
  const { tenant, token } = await newTenant();
  const published = await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
  expect(published).toMatchObject({ status: 200, body: { in_effect: true } });
  return { tenant, token };
}

async function evaluated(token: string): Promise<void> {
  await eventually(async () => expect((await harness.get('/v1/status', token)).body).toMatchObject({ lag: 0 }));
}

async function pages(path: string, token: string, items: 'items' | 'entries'): Promise<AnswerItem[]> {
  const all: AnswerItem[] = [];
  let cursor: string | null = null;
  do {
    const separator = path.includes('?') ? '&' : '?';
    const page: Answer = await harness.get(`${path}${cursor === null ? '' : `${separator}cursor=${cursor}`}`, token);
    expect(page.status).toBe(200);
    all.push(...page.body[items]);
    cursor = page.body.next_cursor;
  } while (cursor !== null);
  return all;
}

describe('publishing a pack', () => {
  it('answers what changed, is in effect at once, and publishes nothing when nothing changed', async () => {
    const { token } = await newTenant();
    expect((await harness.get('/v1/achievements', token)).body).toEqual({ items: [], next_cursor: null });
    const first = await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ pack: 'test-pack', changed: true, in_effect: true, xp_rules_changed: true, ranks_changed: true });
    expect(first.body.changes).toEqual(
      ['first-build', 'builder', 'monthly', 'honour'].map((slug) => ({ slug, change: 'added', version: 1 })),
    );
    const catalogue = await harness.get('/v1/achievements', token);
    expect(catalogue.body.items.map(({ slug }) => slug)).toEqual(['builder', 'first-build', 'honour', 'monthly']);

    const again = await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
    expect(again).toMatchObject({ status: 200, body: { changed: false, in_effect: true, sequence: first.body.sequence } });
    const { log } = (await harness.get('/v1/status', token)).body;
    expect(log.last_sequence).toBe(first.body.sequence);

    const changed = TEST_PACK.replace('name: First Build', 'name: Very First Build').replace(
      / {2}- slug: honour[\s\S]*?type: manual \}\n/,
      '',
    );
    const second = await harness.call('PUT', '/v1/admin/packs/test-pack', {
      token,
      body: changed,
      headers: { 'Content-Type': 'application/yaml' },
    });
    expect(second.body.changes).toEqual([
      { slug: 'first-build', change: 'changed', version: 2 },
      { slug: 'builder', change: 'unchanged', version: 1 },
      { slug: 'monthly', change: 'unchanged', version: 1 },
      { slug: 'honour', change: 'retired', version: 1 },
    ]);
    expect((await harness.get('/v1/achievements/honour', token)).status).toBe(404);
    expect((await harness.get('/v1/achievements/first-build', token)).body).toMatchObject({ name: 'Very First Build', version: 2 });
    const restored = await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
    expect(restored.body.changes).toContainEqual({ slug: 'honour', change: 'added', version: 2 });
  });

  it('takes JSON as well, and says what the catalogue makes of it', async () => {
    const { token } = await newTenant();
    const pack = {
      pack: 'json-pack',
      achievements: [
        {
          slug: 'shipped',
          name: 'Shipped',
          description: 'Ship.',
          reason: 'We want ships.',
          category: 'ships',
          criteria: { type: 'count', event: 'ship.sent', threshold: 3, window: { calendar: 'week' } },
        },
      ],
    };
    const published = await harness.call('PUT', '/v1/admin/packs/json-pack', {
      token,
      body: pack,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(published.status).toBe(200);
    expect((await harness.get('/v1/achievements/shipped', token)).body).toMatchObject({
      slug: 'shipped',
      reason: 'We want ships.',
      rarity: 'common',
      xp_reward: 0,
      tier_required: null,
      sensitive: false,
      levels: null,
      repeat: 'once',
      criteria: { type: 'count', event: ['ship.sent'], threshold: 3, window: { calendar: 'week' } },
      version: 1,
      pack: 'json-pack',
      published_sequence: published.body.sequence,
    });
  });

  it('refuses what is wrong, naming each field, and what belongs to another pack', async () => {
    const { token } = await newTenantWithPack();
    const put = (pack: string, body: string, type = 'application/yaml') =>
      harness.call('PUT', `/v1/admin/packs/${pack}`, { token, body, headers: { 'Content-Type': type } });
    const wrong = await put('p', 'pack: p\nachievements:\n  - slug: a\n    surprise: 1\n');
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid_pack' } });
    expect(wrong.body.errors.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['achievements[0].name', 'achievements[0].surprise']),
    );
    expect(wrong.headers.get('content-type')).toContain('application/problem+json');
    expect((await put('p', 'pack: p\nranks: [')).body).toMatchObject({
      code: 'invalid_pack',
      errors: [{ field: like.stringContaining('line 2') }],
    });
    expect(await put('p', '{"pack":', 'application/json')).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
    expect(await put('other', TEST_PACK)).toMatchObject({ status: 422, body: { errors: [{ field: 'pack' }] } });
    const taken = await put('other', TEST_PACK.replace('pack: test-pack', 'pack: other'));
    expect(taken).toMatchObject({ status: 422, body: { code: 'invalid_pack' } });
    expect(taken.body.errors[0]).toMatchObject({ field: 'achievements[0].slug' });
    expect((await put('p', `pack: p\n${'- ['.repeat(100_000)}`)).status).toBe(422);
    expect((await put('p', 'x'.repeat(2 * 1024 * 1024))).body).toMatchObject({ code: 'body_too_large' });
    expect((await put('UPPER', TEST_PACK)).status).toBe(422);
  });

  it('gives each of several at the same time the versions that come of it', async () => {
    const { token } = await newTenant();
    const answers = await Promise.all(
      [1, 2, 3, 4].map((threshold) =>
        harness.call('PUT', '/v1/admin/packs/test-pack', {
          token,
          body: TEST_PACK.replace('threshold: 1 }\n    message', `threshold: ${threshold} }\n    message`),
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const versions = answers.map(({ body }) => body.changes.find(({ slug }) => slug === 'first-build')?.version);
    expect(versions.sort()).toEqual([1, 2, 3, 4]);
    expect((await harness.get('/v1/achievements/first-build', token)).body.version).toBe(4);
  });
});

describe('reads', () => {
  it('show progress, unlocks and XP of a user as the contract says', async () => {
    const { tenant, token } = await newTenantWithPack();
    await harness.append(tenant, [buildEvent('ann/ö@x', { id: 'e1' }), buildEvent('ann/ö@x', { id: 'e2', at: '2026-04-13T10:15:00Z' })]);
    await evaluated(token);
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
    const { token } = await newTenantWithPack();
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
    const one = await newTenantWithPack();
    const other = await newTenant();
    await harness.append(one.tenant, [buildEvent('ann')]);
    await evaluated(one.token);
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
    const { token } = await newTenantWithPack();
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
    const { tenant, token } = await newTenantWithPack();
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
      if (isDone) await evaluated(token);
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
    expect(await pages('/v1/unlocks?limit=11', token, 'items')).toEqual(followed);
  });

  it('page through a ledger and a list of unlocks with equal places', async () => {
    const { tenant, token } = await newTenantWithPack();
    const months = Array.from({ length: 12 }, (_, i) => `2025-${String(i + 1).padStart(2, '0')}-10T00:00:00Z`);
    const asTheyCame = months.map((_, i) => months[(i * 5) % months.length] ?? '');
    await harness.append(
      tenant,
      asTheyCame.map((at) => buildEvent('ann', { at, type: 'ship.sent' })),
    );
    await evaluated(token);
    const monthOf = (at: string): string => at.slice(0, 7);
    const unlocks = await pages('/v1/users/ann/unlocks?limit=5', token, 'items');
    expect(unlocks.map(({ period }) => period)).toEqual(months.map(monthOf).reverse());
    const entries = await pages('/v1/users/ann/xp?limit=5', token, 'entries');
    expect(entries.map(({ total_after: total }) => total)).toEqual(months.map((_, i) => 60 - i * 5));
    expect(entries.map(({ slug, level, period }) => [slug, level, period])).toEqual(
      asTheyCame.map((at) => ['monthly', null, monthOf(at)]).reverse(),
    );
  });
});

describe('explain', () => {
  it('says which events counted, which did not and why, and what is missing', async () => {
    const { tenant, token } = await newTenantWithPack();
    await harness.append(tenant, [
      buildEvent('ann', { id: 'x1' }),
      buildEvent('ann', { id: 'x2', target: 'branch' }),
      buildEvent('bob', { id: 'x3' }),
      buildEvent('ann', { id: 'x4', at: '2026-04-14T10:15:00Z' }),
      buildEvent('ann', { id: 'x5', type: 'coffee.made' }),
    ]);
    await evaluated(token);
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

describe('grants and revocations', () => {
  const body = (more: object = {}) => ({ slug: 'honour', reason: 'She helped a lot.', ...more });

  // proves: ledger-adds-up
  it('give and take an unlock with its XP, and say what is so already', async () => {
    const { tenant, token } = await newTenantWithPack();
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
    const { token } = await newTenantWithPack();
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
    const { token } = await newTenantWithPack();
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

describe('status', () => {
  it('tells how far each partition is, and never that all is done while something waits', async () => {
    const { tenant, token } = await newTenantWithPack();
    await evaluated(token);
    await harness.folder.pause();
    const behind = await harness.append(tenant, [buildEvent('ann')]);
    const waiting = (await harness.get('/v1/status', token)).body;
    const partition = partitionOf(tenant, 'ann', PARTITIONS);
    expect(waiting).toMatchObject({
      log: { last_sequence: behind },
      dead_letters: 0,
      version: '1.2.3',
      nats_url: harness.servers.nats.url,
    });
    expect(waiting.lag).toBeGreaterThan(0);
    // However far back the position of its partition is: what lies between concerns others.
    expect(waiting.evaluated_sequence).toBe(behind - 1);
    expect(waiting.partitions).toHaveLength(PARTITIONS);
    expect(waiting.partitions[partition]).toMatchObject({ partition, last_sequence: behind, owner: 'log-folder' });
    expect(waiting.partitions[partition]?.lag).toBe(1);
    expect(waiting.partitions[(partition + 1) % PARTITIONS]?.lag).toBe(0);
    expect((await harness.get('/v1/unlocks', token)).body.items).toEqual([]);
    harness.folder.resume();
    await evaluated(token);
    const done = (await harness.get('/v1/status', token)).body;
    expect(done).toMatchObject({ lag: 0, evaluated_sequence: behind });
    await jetstream(harness.nats).publish('events.somewhere.else', '{}');
    expect((await harness.get('/v1/status', token)).body.lag).toBe(1);
    await jetstream(harness.nats)
      .jetstreamManager()
      .then((manager) => manager.streams.purge('EVENTS'));
    await jetstream(harness.nats).publish('dlq.test', 'x');
    expect((await harness.get('/v1/status', token)).body).toMatchObject({ lag: 0, dead_letters: 1 });
  });

  it('counts in its lag what producers published, and nothing of what Cairn publishes to the same stream', async () => {
    const { token } = await newTenantWithPack();
    await evaluated(token);
    const js = jetstream(harness.nats);
    const lagOf = async (): Promise<number> => (await harness.get('/v1/status', token)).body.lag;
    const own = ['events.achievement.unlocked', 'events.realtime.achievement_unlocked.default.ann', 'events.achievement.revoked'];
    for (const subject of own) await js.publish(subject, '{}');
    expect(await lagOf()).toBe(0);
    await js.publish('events.somewhere.else', '{}');
    for (const subject of own) await js.publish(subject, '{}');
    expect(await lagOf()).toBe(1);
    await js.publish('events.achievements.other', '{}');
    expect(await lagOf()).toBe(2);
    const manager = await js.jetstreamManager();
    await manager.consumers.add('EVENTS', { durable_name: 'ingest', ack_policy: 'explicit', filter_subject: 'events.>' });
    expect(await lagOf()).toBe(2);
    const door = await js.consumers.get('EVENTS', 'ingest');
    for (const left of [2, 2, 2, 1, 1, 1, 1, 0]) {
      await (await door.next())?.ackAck();
      expect(await lagOf()).toBe(left);
    }
    await js.publish('events.somewhere.else', '{}');
    const { seq } = await js.publish('events.realtime.achievement_unlocked.default.ann', '{}');
    expect(await lagOf()).toBe(1);
    await (await door.next())?.ackAck();
    await manager.streams.deleteMessage('EVENTS', seq);
    expect(await lagOf()).toBe(0);
    await manager.consumers.delete('EVENTS', 'ingest');
    await manager.streams.purge('EVENTS');
    expect(await lagOf()).toBe(0);
  });

  it('shows that a publication waits when nobody evaluates', async () => {
    const slow = await ApiHarness.open({ inEffectMsMax: 50 });
    try {
      await slow.folder.pause();
      const token = await slow.token('slow');
      const first = await slow.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
      expect(first).toMatchObject({ status: 202, body: { changed: true, in_effect: false } });
      const second = await slow.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
      expect(second).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect((await slow.get('/v1/achievements', token)).body.items).toEqual([]);
    } finally {
      await slow.close();
    }
  });
});

describe('the projection of progress', () => {
  it('writes what users have progress in, and follows grants and publications', async () => {
    const { tenant, token } = await newTenantWithPack();
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

describe('achievements of teams', () => {
  const TEAM_PACK = {
    pack: 'teams',
    achievements: [
      {
        slug: 'together',
        name: 'Together',
        reason: 'A test.',
        scope: 'team',
        criteria: { type: 'count', event: 'build.succeeded', threshold: 3 },
      },
    ],
  };

  it('stand with the teams, not with the users', async () => {
    const { token } = await newTenantWithPack();
    const published = await harness.call('PUT', '/v1/admin/packs/teams', { token, body: TEAM_PACK });
    expect(published.status).toBe(200);
    const ofTeam = await harness.get('/v1/teams/platform/progress', token);
    expect(ofTeam.body.items).toEqual([{ slug: 'together', name: 'Together', status: 'locked', value: 0, threshold: 3, eligible: true }]);
    const ofUser = await harness.get('/v1/users/ann/progress', token);
    expect(ofUser.body.items.map(({ slug }) => slug)).not.toContain('together');
    expect((await harness.get('/v1/teams/platform/unlocks', token)).body).toEqual({ items: [], next_cursor: null });
    expect((await harness.get(`/v1/teams/${'x'.repeat(129)}/unlocks`, token)).status).toBe(422);
    expect((await harness.get('/v1/status', token)).body.teams).toMatchObject({ lag: 0, owner: like.any(String) });
  });

  it('are given to teams alone, and those of users to users', async () => {
    const { token } = await newTenantWithPack();
    await harness.call('PUT', '/v1/admin/packs/teams', { token, body: TEAM_PACK });
    const give = (path: string, slug: string) =>
      harness.call('POST', `/v1/admin/${path}/grants`, { token, body: { slug, reason: 'A test.' } });
    expect(await give('users/ann', 'together')).toMatchObject({ status: 422, body: { detail: like.stringContaining('is for a team') } });
    expect(await give('teams/platform', 'honour')).toMatchObject({ status: 422, body: { detail: like.stringContaining('is for a user') } });
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
