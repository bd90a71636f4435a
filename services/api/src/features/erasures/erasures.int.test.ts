import { encodeEventBatch, LOG_STREAM, logSubject, REDACTED_STREAM, redactedSubject } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HistoryReader } from '../../log/HistoryReader.js';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

const TENANT = 'forgetful';
let harness: ApiHarness;
let token: string;

beforeAll(async () => {
  harness = await ApiHarness.open();
  token = await harness.token(TENANT);
  await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
});
afterAll(async () => {
  await harness.close();
});

const erase = (user: string, body: unknown = { reason: 'asked for' }, as = token) =>
  harness.call('DELETE', `/v1/admin/users/${encodeURIComponent(user)}`, { token: as, body });

describe('DELETE /v1/admin/users/{user}', () => {
  it('notes that somebody is to be erased, once, and the audit does not say who', async () => {
    const first = await erase('ada/b');
    expect(first).toMatchObject({ status: 202, body: { status: 'pending', step: 'requested', waits_for: null, entries: 0 } });
    expect((await erase('ada/b')).body.erasure_id).toBe(first.body.erasure_id);
    const other = await erase('ben');
    expect(other.body.erasure_id).not.toBe(first.body.erasure_id);
    const { rows } = await harness.database.pool.query("SELECT actor, subject, reason FROM audit WHERE action = 'user_erased' ORDER BY at");
    expect(rows[0]).toEqual({ actor: `${TENANT}-test`, subject: { erasure_id: first.body.erasure_id }, reason: 'asked for' });

    const one = await harness.get(`/v1/admin/erasures/${String(first.body.erasure_id)}`, token);
    expect(one).toMatchObject({ status: 200, body: { erasure_id: first.body.erasure_id, requested_by: `${TENANT}-test` } });
    const page = await harness.get('/v1/admin/erasures?limit=1', token);
    expect(page.body.items).toMatchObject([{ erasure_id: other.body.erasure_id }]);
    const next = await harness.get(`/v1/admin/erasures?cursor=${String(page.body.next_cursor)}`, token);
    expect(next.body.items).toMatchObject([{ erasure_id: first.body.erasure_id }]);
    expect(JSON.stringify([first, one, page, next])).not.toContain('ada/b');
  });

  it('wants a reason and the scope for it, and tells nobody of the erasures of another tenant', async () => {
    expect(await erase('ada', { reason: ' ' })).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect(await erase('ada', { reason: 'so' }, await harness.token(TENANT, ['progress:read']))).toMatchObject({ status: 403 });
    const { body } = await erase('carla');
    const other = await harness.token('others');
    expect(await harness.get(`/v1/admin/erasures/${String(body.erasure_id)}`, other)).toMatchObject({ status: 404 });
    expect((await harness.get('/v1/admin/erasures', other)).body.items).toEqual([]);
  });
});

describe('an entry of which a part was erased', () => {
  it('is read where it was, by who explains what the others have', async () => {
    await harness.append(TENANT, [{ ...buildEvent('dora'), event_id: 'kept' }]);
    await eventually(async () => expect((await harness.get('/v1/status', token)).body.lag).toBe(0));
    const manager = await jetstreamManager(harness.nats);
    const stored = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: logSubject('*', TENANT) });
    if (stored === null) throw new Error('the log is empty');
    const js = jetstream(harness.nats);
    await js.publish(redactedSubject(stored.subject, stored.seq), encodeEventBatch({ tenantId: TENANT, events: [] }));
    await js.publish(redactedSubject(stored.subject, stored.seq), stored.data);
    await manager.streams.deleteMessage(LOG_STREAM, stored.seq);
    expect((await manager.streams.info(REDACTED_STREAM)).state.messages).toBe(2);
    const { rows } = await harness.database.pool.query<{ key: number }>('SELECT tenant_key AS key FROM tenants WHERE tenant_id = $1', [
      TENANT,
    ]);
    const history = await new HistoryReader(harness.database, harness.nats).read({ tenantKey: rows[0]?.key ?? 0, userId: 'dora' }, 10);
    expect(history).toMatchObject({ missing: 0, events: [{ eventId: 'kept', userId: 'dora' }] });
  });
});
