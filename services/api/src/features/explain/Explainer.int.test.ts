import { deadLetterSubject, HEADER, LOG_STREAM, partitionOf } from '@cairn/contracts';
import { findTenant } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerBody } from '../../testing/AnswerBody.js';
import { ApiHarness, PARTITIONS } from '../../testing/ApiHarness.js';
import { like } from '../../testing/like.js';
import { buildEvent } from '../../testing/packs.js';

type Json = Record<string, unknown>;

let harness: ApiHarness;
let tenants = 0;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

interface Tenant {
  tenant: string;
  token: string;
}

function anAchievement(fields: Json): Json {
  return { slug: 'it', name: 'It', description: 'A test.', reason: 'We want it.', category: 'builds', ...fields };
}

async function publish(token: string, ...achievements: Json[]): Promise<void> {
  const pack = { pack: 'p', achievements };
  const headers = { 'Content-Type': 'application/json' };
  const published = await harness.call('PUT', '/v1/admin/packs/p', { token, body: pack, headers });
  expect(published).toMatchObject({ status: 200, body: { in_effect: true } });
}

/** A tenant of its own, where `it` is published. */
async function tenantWith(fields: Json): Promise<Tenant> {
  const tenant = `explained-${++tenants}`;
  const token = await harness.token(tenant);
  await publish(token, anAchievement(fields));
  return { tenant, token };
}

async function send({ tenant, token }: Tenant, ...events: Parameters<ApiHarness['append']>[1][number][]): Promise<void> {
  for (const event of events) await harness.append(tenant, [event]);
  await harness.evaluated(token);
}

async function explain({ token }: Tenant, event?: string, user = 'ann'): Promise<AnswerBody> {
  const query = event === undefined ? '' : `?event=${encodeURIComponent(event)}`;
  const { status, body } = await harness.get(`/v1/users/${user}/achievements/it/explain${query}`, token);
  expect(status).toBe(200);
  return body;
}

const count = (threshold: number, more: Json = {}): Json => ({ criteria: { type: 'count', event: 'build.succeeded', threshold, ...more } });
const event = (id: string, more: Parameters<typeof buildEvent>[1] = {}) => buildEvent('ann', { id, ...more });
const told = (type: string, properties: Json, id: string) => ({ ...event(id, { type }), properties });

describe('what became of an event that counted', () => {
  it('says what it brought, and what it unlocked', async () => {
    const tenant = await tenantWith(count(2));
    await send(tenant, event('a'), event('b'));
    expect((await explain(tenant, 'a')).event).toMatchObject({
      event_id: 'a',
      type: 'build.succeeded',
      counted: true,
      reason: null,
      value: { before: 0, after: 1 },
      crossed: [],
      detail: 'It counted, and the value went from 0 to 1.',
    });
    expect((await explain(tenant, 'b')).event).toMatchObject({
      counted: true,
      value: { before: 1, after: 2 },
      crossed: [{ threshold: 2, version: 1, event_id: 'b' }],
      detail: 'It counted, and the value went from 1 to 2. It unlocked “It”.',
    });
    expect(await explain(tenant)).not.toHaveProperty('event');
  });

  it('says that the plan was too low', async () => {
    const tenant = await tenantWith({ ...count(1), tier_required: 'pro' });
    await send(tenant, event('a'));
    expect(await explain(tenant, 'a')).toMatchObject({
      blocked_by: 'below_tier',
      event: { counted: true, blocked_by: 'below_tier', detail: like.stringContaining('the plan was below pro') },
    });
  });

  it('finds it by its idempotency key', async () => {
    const tenant = await tenantWith(count(2));
    const { event_id: _, ...keyed } = event('-');
    await send(tenant, { ...keyed, idempotency_key: 'boot-1' });
    const asked = await explain(tenant, 'boot-1');
    expect(asked.event).toMatchObject({ counted: true, detail: like.stringContaining('boot-1 is its idempotency key. It counted') });
    expect(asked.event.event_id).toBe(asked.counted[0]?.event_id);
  });
});

describe('the first reason that an event did not count', () => {
  it.each<{ reason: string; fields: Json; events: ReturnType<typeof event>[]; detail: string }>([
    {
      reason: 'other_type',
      fields: count(2),
      events: [event('x', { type: 'build.failed' })],
      detail: 'It is a build.failed; what counts is build.succeeded.',
    },
    {
      reason: 'where_false',
      fields: count(2, { where: 'properties.target == "main"' }),
      events: [event('x', { target: 'dev' })],
      detail: 'The filter properties.target == "main" is false: properties.target is "dev", not "main".',
    },
    {
      reason: 'evaluation_failed',
      fields: count(2, { where: 'properties.target == "main"' }),
      events: [{ ...event('x'), properties: {} as { target: string } }],
      detail: 'The filter properties.target == "main" could not be evaluated: properties.target is absent (No such key: target).',
    },
    {
      reason: 'outside_window',
      fields: count(2, { window: { calendar: 'month' } }),
      events: [event('x', { at: '2020-02-03T10:00:00Z' })],
      detail: 'It counted in 2020-02, and the value went from 0 to 1. The period that is looked at now is ',
    },
    {
      reason: 'already_unlocked',
      fields: count(1),
      events: [event('a'), event('x')],
      detail: 'All that there is to unlock had been unlocked before.',
    },
    {
      reason: 'opted_out',
      fields: count(2),
      events: [event('o', { type: 'privacy.opted_out' }), event('x')],
      detail: 'The user had opted out of builds.',
    },
    {
      reason: 'not_opted_in',
      fields: { ...count(2), sensitive: true },
      events: [event('x')],
      detail: 'This achievement is sensitive, and the user had not opted in to builds.',
    },
    {
      reason: 'adds_nothing',
      fields: { criteria: { type: 'distinct', event: 'build.succeeded', value: 'properties.target', threshold: 3 } },
      events: [event('a'), event('x')],
      detail: '"main" was counted before.',
    },
    {
      reason: 'skipped_day',
      fields: { criteria: { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 3, skip: ['sun'] } },
      events: [event('x', { at: '2026-04-12T10:15:00Z' })],
      detail: 'That day of the week is left out of the streak.',
    },
    {
      reason: 'too_late',
      fields: count(9, { window: { rolling: '1d' } }),
      events: [event('a', { at: '2026-04-12T10:15:00Z' }), event('x', { at: '2026-04-01T10:15:00Z' })],
      detail: 'It lies before 2026-04-04T10:15:00Z, and what is so far back was let go of when it came.',
    },
  ])('$reason', async ({ reason, fields, events, detail }) => {
    const tenant = await tenantWith(fields);
    await send(tenant, ...events);
    const { event: outcome } = await explain(tenant, 'x');
    expect(outcome).toMatchObject({ event_id: 'x', counted: false, reason, detail: like.stringContaining(detail) });
  });

  it('version_not_in_effect', async () => {
    const tenant = await tenantWith(count(5));
    await send(tenant, event('x'));
    await publish(tenant.token, anAchievement({ ...count(4), on_publish: 'restart' }));
    expect((await explain(tenant, 'x')).event).toMatchObject({
      reason: 'version_not_in_effect',
      detail: 'It came before version 2, which counts from its publication on.',
    });
  });

  it('other_user', async () => {
    const tenant = await tenantWith(count(2));
    await send(tenant, buildEvent('bob', { id: 'x' }));
    expect((await explain(tenant, 'x')).event).toMatchObject({ reason: 'other_user', detail: 'It belongs to another user, bob.' });
  });

  it('not_evaluated', async () => {
    const tenant = await tenantWith(count(2));
    await harness.folder.pause();
    try {
      const sequence = await harness.append(tenant.tenant, [event('x')]);
      expect((await explain(tenant, 'x')).event).toMatchObject({ reason: 'not_evaluated', type: 'build.succeeded', sequence });
    } finally {
      harness.folder.resume();
    }
  });

  it('not_evaluated under an old id, which is of another partition', async () => {
    const tenant = await tenantWith(count(2));
    const partition = (user: string) => partitionOf(tenant.tenant, user, PARTITIONS);
    const old = Array.from({ length: 50 }, (_, n) => `old-${String(n)}`).find((user) => partition(user) !== partition('ann'));
    if (old === undefined) throw new Error('some user is of another partition');
    await send(tenant, event('a'), buildEvent(old, { id: 'b' }));
    const request = { token: tenant.token, body: { into: 'ann', reason: 'one person' } };
    expect((await harness.call('POST', `/v1/admin/users/${old}/merges`, request)).status).toBe(200);
    await harness.folder.pause();
    try {
      const sequence = await harness.append(tenant.tenant, [buildEvent(old, { id: 'c' })]);
      for (const user of ['ann', old])
        expect((await explain(tenant, 'c', user)).event).toMatchObject({ reason: 'not_evaluated', type: 'build.succeeded', sequence });
    } finally {
      harness.folder.resume();
    }
  });

  it('dead_letter, of the own tenant alone', async () => {
    const [tenant, other] = [await tenantWith(count(2)), await tenantWith(count(2))];
    const letter = headers();
    letter.set(HEADER.errorCode, 'invalid_event');
    letter.set(HEADER.error, 'occurred_at is no instant');
    const wire = { ...event('lost'), actor: { user_id: 'ann', tenant_id: tenant.tenant } };
    await jetstream(harness.nats).publish(deadLetterSubject('invalid_event'), JSON.stringify(wire), { headers: letter });
    expect((await explain(tenant, 'lost')).event).toMatchObject({
      reason: 'dead_letter',
      detail: like.stringContaining('(invalid_event): occurred_at is no instant.'),
    });
    expect((await explain(other, 'lost')).event).toMatchObject({ reason: 'unknown' });
  });

  it('not_in_log', async () => {
    const tenant = await tenantWith(count(2));
    const sequence = await harness.append(tenant.tenant, [event('x')]);
    await harness.evaluated(tenant.token);
    const manager = await jetstream(harness.nats).jetstreamManager();
    await manager.streams.deleteMessage(LOG_STREAM, sequence);
    expect(await explain(tenant, 'x')).toMatchObject({ value: 1, history: { missing: 1 }, event: { reason: 'not_in_log', sequence } });
  });

  it('unknown, and how far it was looked for', async () => {
    const tenant = await tenantWith(count(2));
    await send(tenant, event('a'));
    const { event: outcome } = await explain(tenant, 'never-sent');
    expect(outcome).toMatchObject({ event_id: 'never-sent', counted: false, reason: 'unknown', type: null, occurred_at: null });
    expect(outcome.detail).toMatch(/none is among \d+ to \d+ of the log.*It was never received/);
    const refused = await harness.get(`/v1/users/ann/achievements/it/explain?event=${'x'.repeat(129)}`, tenant.token);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'event' }] } });
  });
});

describe('what was unlocked', () => {
  it('stays what it was, by the version that gave it', async () => {
    const tenant = await tenantWith(count(2));
    await send(tenant, event('a'), event('b'));
    await publish(tenant.token, anAchievement(count(5)));
    await send(tenant, event('c'));
    const why = await explain(tenant, 'c');
    expect(why).toMatchObject({
      version: 2,
      status: 'unlocked',
      missing: 0,
      crossed: [{ version: 1, threshold: 2, value: 2, event_id: 'b', granted: null, revoked: null }],
      event: { reason: 'already_unlocked' },
    });
    expect(why.summary).toContain('was unlocked by version 1 at 2026-04-12T10:15:00Z, when the value came to 2, and 2 was needed.');
    expect(why.summary).toContain('Version 2 is in effect now and asks for 5; what was unlocked stays.');
  });

  it('by hand says by whom and why, and so does what was revoked', async () => {
    const tenant = await tenantWith(count(3));
    const by = (action: string, reason: string) =>
      harness.call('POST', `/v1/admin/users/ann/${action}`, { token: tenant.token, body: { slug: 'it', reason } });
    await by('grants', 'She helped.');
    const granted = await explain(tenant);
    expect(granted).toMatchObject({
      status: 'unlocked',
      crossed: [{ event_id: null, granted: { by: `${tenant.tenant}-test`, reason: 'She helped.' }, revoked: null }],
    });
    expect(granted.summary).toContain(`was granted by hand at`);
    expect(granted.summary).toContain(`by ${tenant.tenant}-test (She helped.)`);
    await by('revocations', 'It was Ben.');
    const revoked = await explain(tenant);
    expect(revoked).toMatchObject({
      blocked_by: 'revoked',
      crossed: [{ revoked: { by: `${tenant.tenant}-test`, reason: 'It was Ben.', at: like.any(String) } }],
    });
    expect(revoked.summary).toContain('does not unlock by itself again; a grant restores it');
    const progress = (await harness.get('/v1/users/ann/progress', tenant.token)).body.items.find(({ slug }) => slug === 'it');
    expect(revoked).toMatchObject({ status: progress?.status, value: progress?.value });
  });
});

describe('what nobody can have', () => {
  it('is not found, and an achievement of teams is said to be one', async () => {
    const tenant = await tenantWith({ ...count(2), scope: 'team' });
    const asked = (slug: string) => harness.get(`/v1/users/ann/achievements/${slug}/explain`, tenant.token);
    expect(await asked('it')).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: like.stringContaining('an achievement of teams') },
    });
    expect(await asked('none')).toMatchObject({ status: 404, body: { code: 'not_found', detail: 'there is no achievement "none"' } });
  });
});

describe('a version that is still being evaluated over the history', () => {
  it('is said to be', async () => {
    const tenant = await tenantWith(count(2));
    await send(tenant, event('a'));
    expect(await explain(tenant)).not.toHaveProperty('recounting');
    const found = await findTenant(harness.database.pool, tenant.tenant);
    const place = [found?.tenantKey, partitionOf(tenant.tenant, 'ann', PARTITIONS)];
    await harness.database.pool.query(
      `INSERT INTO recounts (tenant_key, partition, log_seq, at, kind, cause, slugs, xp_rules)
       VALUES ($1, $2, 1, now(), 'recount', 'entry', '{it}', '{}')`,
      place,
    );
    const pending = await explain(tenant);
    expect(pending).toMatchObject({ recounting: true });
    expect(pending.summary).toContain('Version 1 is still being evaluated over the history, so this is not its last word.');
    await harness.database.pool.query('DELETE FROM recounts WHERE tenant_key = $1 AND partition = $2', place);
    expect(await explain(tenant)).not.toHaveProperty('recounting');
  });
});

describe('a history that is longer than what is replayed', () => {
  it('is said to be, values come from the state, and older events are found all the same', async () => {
    const bounded = await ApiHarness.open({ explainEventsMax: 3 });
    try {
      const token = await bounded.token('bounded');
      const pack = { pack: 'p', achievements: [anAchievement({ ...count(9), sensitive: true })] };
      await bounded.call('PUT', '/v1/admin/packs/p', { token, body: pack, headers: { 'Content-Type': 'application/json' } });
      const optedIn = told('privacy.opted_in', { category: 'builds' }, 'in');
      for (const sent of [optedIn, ...['b0', 'b1', 'b2', 'b3', 'b4'].map((id) => event(id))]) await bounded.append('bounded', [sent]);
      await eventually(async () => expect((await bounded.get('/v1/status', token)).body.lag).toBe(0));
      const { body } = await bounded.get('/v1/users/ann/achievements/it/explain?event=b1', token);
      expect(body).toMatchObject({
        value: 5,
        missing: 4,
        counted_total: 3,
        not_counted_totals: {},
        history: { events: 3, truncated: true, missing: 0 },
        event: { event_id: 'b1', counted: true, value: { before: 1, after: 2 } },
      });
    } finally {
      await bounded.close();
    }
  });
});
