import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

const TENANT = 'corrected';
let harness: ApiHarness;
let token: string;

beforeAll(async () => {
  harness = await ApiHarness.open();
  token = await harness.token(TENANT);
  await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
  await harness.append(TENANT, [
    { ...buildEvent('ada'), event_id: 'first/one' },
    { ...buildEvent('ada'), event_id: 'second' },
  ]);
  await eventually(async () => expect((await harness.get('/v1/status', token)).body.lag).toBe(0));
});
afterAll(async () => {
  await harness.close();
});

const retract = (eventId: string, body: unknown = { reason: 'sent twice' }, as = token) =>
  harness.call('POST', `/v1/admin/events/${encodeURIComponent(eventId)}/retraction`, { token: as, body });

describe('POST /v1/admin/events/{event_id}/retraction', () => {
  it('puts it into the log once, audited, and answers when it is in effect', async () => {
    const first = await retract('first/one');
    expect(first).toMatchObject({ status: 200, body: { result: 'retracted', event_id: 'first/one', user_id: 'ada', in_effect: true } });
    const again = await retract('first/one', { reason: 'once more' });
    expect(again).toMatchObject({ status: 200, body: { result: 'already_retracted', sequence: first.body.sequence } });
    const { rows } = await harness.database.pool.query("SELECT actor, reason, subject FROM audit WHERE action = 'event_retracted'");
    const subject = { event_id: 'first/one', user_id: 'ada', sequence: first.body.sequence };
    expect(rows).toEqual([{ actor: `${TENANT}-test`, reason: 'sent twice', subject }]);
  });

  it('is what an explanation says of the event, which is none that counts', async () => {
    await retract('first/one');
    const { body } = await harness.get(`/v1/users/ada/achievements/builder/explain?event=${encodeURIComponent('first/one')}`, token);
    expect(body.counted.map(({ event_id }) => event_id)).not.toContain('first/one');
    expect(body.event).toMatchObject({ counted: false, reason: 'retracted', detail: `It was retracted by ${TENANT}-test: sent twice` });
  });

  it('knows no event of another tenant, and none that was never seen', async () => {
    const other = await harness.token('other');
    expect(await retract('second', { reason: 'not mine' }, other)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await retract('never')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('wants a reason, and the scope for it', async () => {
    expect(await retract('second', { reason: ' ' })).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    const reader = await harness.token(TENANT, ['progress:read']);
    expect(await retract('second', { reason: 'so' }, reader)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
