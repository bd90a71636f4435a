import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';
import type { PreviewView } from './previewView.js';

const PATH = '/v1/admin/packs/test-pack/preview';
const DAY_MS = 86_400_000;
let harness: ApiHarness;
let tenants = 0;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

/** A tenant of its own, with the events of six users in all partitions. */
async function tenantWithHistory(): Promise<{ tenant: string; token: string }> {
  const tenant = `preview-${++tenants}`;
  const token = await harness.token(tenant);
  const users = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'];
  for (const [n, user] of users.entries()) {
    await harness.append(
      tenant,
      Array.from({ length: n }, (_, i) => buildEvent(user, { at: at(n + i) })),
    );
    await harness.append(tenant, [buildEvent(user, { type: 'ship.sent', at: at(0) })]);
  }
  await harness.evaluated(token);
  return { tenant, token };
}

function at(day: number): string {
  return new Date(Date.UTC(2026, 3, 1, 8) + day * DAY_MS).toISOString();
}

async function preview(token: string, query = '', body = TEST_PACK): Promise<PreviewView> {
  const answer = await harness.call('POST', `${PATH}${query}`, { token, body });
  expect(answer.status).toBe(200);
  return answer.body as unknown as PreviewView;
}

describe('a preview', () => {
  it('finds what publishing before the events would have given, and publishes nothing', async () => {
    const { tenant, token } = await tenantWithHistory();
    const report = await preview(token);
    expect((await harness.get('/v1/achievements', token)).body.items).toEqual([]);
    expect(report).toMatchObject({ pack: 'test-pack', since: null, events: 21, days: 10, users: { seen: 6, sampled: 6, one_in: 1 } });
    const bySlug = Object.fromEntries(report.achievements.map((one) => [one.slug, one]));
    // One to five builds for all but ann; from the shipping on day 0 to the first of them as many days as builds.
    expect(bySlug['first-build']).toMatchObject({
      holders: 5,
      unlocks: 5,
      unlocks_per_day: 0.5,
      time_to_unlock: { median_seconds: 3 * 86_400, p90_seconds: 5 * 86_400 },
    });
    expect(bySlug['builder']?.levels.map(({ level, holders }) => [level, holders])).toEqual([
      ['bronze', 4],
      ['silver', 2],
    ]);
    expect(bySlug['builder']?.earliest[0]).toEqual({
      user_id: 'cid',
      team_id: null,
      unlocked_at: instant(3),
      level: 'bronze',
      period: null,
    });
    expect(report.xp.total).toBe(5 * 50 + 4 * 10 + 2 * 20 + 6 * 5 + 15);
    expect(report.xp.rules).toEqual([{ id: 'per-build', total: 15 }]);

    // The same events, for a tenant that had the pack before.
    const { tenant: other, token: otherToken } = { tenant: `${tenant}-after`, token: await harness.token(`${tenant}-after`) };
    await harness.call('PUT', '/v1/admin/packs/test-pack', { token: otherToken, body: TEST_PACK });
    for (const [n, user] of ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'].entries())
      await harness.append(other, [
        ...Array.from({ length: n }, (_, i) => buildEvent(user, { at: at(n + i) })),
        buildEvent(user, { type: 'ship.sent', at: at(0) }),
      ]);
    await harness.evaluated(otherToken);
    const unlocks = (await harness.get('/v1/unlocks?limit=200', otherToken)).body.items as unknown as {
      achievement: { slug: string };
      user_id: string;
      level: string | null;
      period: string | null;
      unlocked_at: string;
    }[];
    const given = unlocks.map(({ achievement, user_id, level, period, unlocked_at }) => [
      achievement.slug,
      user_id,
      level,
      period,
      unlocked_at,
    ]);
    const foreseen = report.achievements.flatMap(({ slug, earliest }) =>
      earliest.map(({ user_id, level, period, unlocked_at }) => [slug, user_id, level, period, unlocked_at]),
    );
    expect(foreseen.map(String).sort()).toEqual(given.map(String).sort());
  });

  it('tells what is new to those who have the pack already', async () => {
    const { token } = await tenantWithHistory();
    const before = await preview(token);
    expect(before.achievements.map(({ slug, on_publish, new: fresh }) => [slug, on_publish, fresh])).toEqual(
      before.achievements.map(({ slug, unlocks, holders }) => [slug, 'recount', { unlocks, holders }]),
    );
    await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
    const after = await preview(token);
    expect(after.achievements.map(({ on_publish, new: fresh }) => [on_publish, fresh])).toEqual(
      after.achievements.map(() => [null, { unlocks: 0, holders: 0 }]),
    );
    expect(after.achievements.map(({ unlocks }) => unlocks)).toEqual(before.achievements.map(({ unlocks }) => unlocks));
  });

  it('folds what occurred since a time alone', async () => {
    const { token } = await tenantWithHistory();
    const report = await preview(token, `?since=${instant(5)}`);
    // dee's last build, eve's last three, and all of fay's.
    expect(report).toMatchObject({ since: instant(5), events: 9, users: { seen: 3 } });
    expect(report.achievements.find(({ slug }) => slug === 'monthly')).toMatchObject({ unlocks: 0, time_to_unlock: null });
    expect(await preview(token, '?since=1h')).toMatchObject({ events: 0, first_event_at: null, users: { seen: 0 } });
  });

  it('tells in lines how far it is, where that is asked for', async () => {
    const { token } = await tenantWithHistory();
    const response = await harness.fetch(PATH, { method: 'POST', token, body: TEST_PACK, headers: { Accept: 'application/x-ndjson' } });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toEqual({ progress: { read: 11, of: 11 } });
    expect(lines.at(-1)).toEqual({ report: await preview(token) });
  });

  it('has no history of other tenants', async () => {
    await tenantWithHistory();
    const token = await harness.token('preview-empty');
    const report = await preview(token);
    expect(report).toMatchObject({ events: 0, days: 0, users: { seen: 0 } });
    expect(report.warnings).toContainEqual({
      code: 'nobody',
      slug: 'first-build',
      level: null,
      xp_rule: null,
      message: 'nobody would get it: nothing counts for it so far. Check its event and where against what producers send',
    });
  });

  it('ends when nobody waits for it any more', async () => {
    const { token } = await tenantWithHistory();
    const gone = new AbortController();
    const request = { method: 'POST', token, body: TEST_PACK, headers: { Accept: 'application/x-ndjson' }, signal: gone.signal };
    await harness.fetch(PATH, request);
    gone.abort();
    await eventually(async () => expect((await harness.call('POST', PATH, { token, body: TEST_PACK })).status).toBe(200));
  });

  it('is refused as what it is', async () => {
    const token = await harness.token('preview-refused');
    const call = (path: string, body: string, scoped = token) => harness.call('POST', path, { token: scoped, body });
    expect(await call(PATH, 'pack: other\nachievements: []')).toMatchObject({ status: 422, body: { code: 'invalid_pack' } });
    expect(await call(PATH, TEST_PACK.replace('type: manual', 'type: manuel'))).toMatchObject({
      status: 422,
      body: { code: 'invalid_pack' },
    });
    for (const since of ['', 'yesterday', '3m'])
      expect(await call(`${PATH}?since=${since}`, TEST_PACK)).toMatchObject({ status: 422, body: { errors: [{ field: 'since' }] } });
    const reader = await harness.token('preview-refused', ['progress:read']);
    expect(await call(PATH, TEST_PACK, reader)).toMatchObject({ status: 403 });
    await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
    const taken = TEST_PACK.replace('pack: test-pack', 'pack: second');
    expect(await call('/v1/admin/packs/second/preview', taken)).toMatchObject({ status: 422, body: { code: 'invalid_pack' } });
    // A refusal gives the turn back.
    expect((await call(PATH, TEST_PACK)).status).toBe(200);
  });
});

function instant(day: number): string {
  return at(day).replace('.000Z', 'Z');
}
