import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { like } from '../../testing/like.js';
import { TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('publishing a pack', () => {
  it('answers what changed, is in effect at once, and publishes nothing when nothing changed', async () => {
    const { token } = await harness.newTenant();
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
    const { token } = await harness.newTenant();
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
    const { token } = await harness.newTenantWithPack();
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
    const { token } = await harness.newTenant();
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
