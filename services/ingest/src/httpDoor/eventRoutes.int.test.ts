import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestIngest, TOKENS } from '../testing/TestIngest.js';

const OCCURRED_AT = '2026-04-12T10:15:00Z';
const event = (said: Record<string, unknown> = {}) => ({
  event_id: randomUUID(),
  type: 'build.succeeded',
  actor: { user_id: 'ada' },
  occurred_at: OCCURRED_AT,
  ...said,
});

describe('POST /v1/events', () => {
  let ingest: TestIngest;

  beforeAll(async () => {
    ingest = await TestIngest.open();
  });
  afterAll(async () => {
    await ingest.stop();
  });

  const loggedAs = async (eventId: string) => (await ingest.logged()).filter((logged) => logged.eventId === eventId);

  describe('a single event', () => {
    // proves: durable-before-2xx
    it('is in the log when it is answered with 202', async () => {
      const sent = event({ source: { platform: 'ci', app: 'portal' }, properties: { step: 'ü' } });
      const { status, body } = await ingest.post(sent);
      expect([status, body.status, body.event_id]).toEqual([202, 'accepted', sent.event_id]);
      const [logged, ...others] = await loggedAs(sent.event_id);
      expect(others).toEqual([]);
      expect(logged).toMatchObject({ sequence: body.sequence, tenantId: 'default', userId: 'ada', propertiesJson: '{"step":"ü"}' });
    });

    it('sent again is a duplicate with the answer to the first', async () => {
      const sent = event();
      const first = await ingest.post(sent);
      const second = await ingest.post(sent);
      expect([second.status, second.body]).toEqual([202, { ...first.body, status: 'duplicate' }]);
      expect(await loggedAs(sent.event_id)).toHaveLength(1);
    });

    it('with the same fingerprint is a duplicate with the id of the first', async () => {
      const source = { ref: randomUUID() };
      const first = await ingest.post(event({ source }));
      const second = await ingest.post(event({ source, properties: { other: true } }));
      expect([second.status, second.body]).toEqual([202, { ...first.body, status: 'duplicate' }]);
    });

    // proves: conflict-is-told
    it('with another content under the same id is a conflict', async () => {
      const sent = event();
      await ingest.post(sent);
      const { status, headers, body } = await ingest.post({ ...sent, properties: { n: 1 } });
      expect([status, headers.get('Content-Type'), body.code]).toEqual([422, 'application/problem+json', 'idempotency_conflict']);
      expect(body.errors?.map(({ field }) => field)).toEqual(['event_id']);
    });

    it('gets an id from its key, the same on every retry', async () => {
      const { event_id: _, ...withoutId } = event();
      const headers = { 'Idempotency-Key': randomUUID() };
      const first = await ingest.post(withoutId, { headers });
      const second = await ingest.post({ ...withoutId, idempotency_key: headers['Idempotency-Key'] });
      expect([first.status, second.status, second.body]).toEqual([202, 202, { ...first.body, status: 'duplicate' }]);
      const third = await ingest.post({ ...withoutId, properties: { n: 1 } }, { headers });
      expect([third.status, third.body.code]).toEqual([422, 'idempotency_conflict']);
    });

    it('may say its key in the header and in the body, but not two', async () => {
      const headers = { 'Idempotency-Key': randomUUID() };
      expect((await ingest.post(event({ idempotency_key: headers['Idempotency-Key'] }), { headers })).status).toBe(202);
      const { status, body } = await ingest.post(event({ idempotency_key: 'another' }), { headers });
      expect([status, body.code]).toEqual([422, 'invalid_request']);
    });

    // proves: duplicate-changes-nothing
    it('is one effect and one result, though ten come at once', async () => {
      const sent = event();
      const answers = await Promise.all(Array.from({ length: 10 }, () => ingest.post(sent)));
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
      expect(answers.map(({ body }) => body.status).sort()).toEqual(['accepted', ...Array<string>(9).fill('duplicate')]);
      expect(new Set(answers.map(({ body }) => `${body.event_id} ${body.sequence}`)).size).toBe(1);
      expect(await loggedAs(sent.event_id)).toHaveLength(1);
    });

    it('ahead of the clock within a day is taken at the time of receipt, further ahead is refused', async () => {
      const sent = event({ occurred_at: new Date(Date.now() + 3_600_000).toISOString() });
      expect((await ingest.post(sent)).status).toBe(202);
      const [logged] = await loggedAs(sent.event_id);
      expect([logged?.clockSkewed, logged?.occurredAt]).toEqual([true, logged?.receivedAt]);
      expect((await ingest.post(sent)).body.status).toBe('duplicate');
      const { status, body } = await ingest.post(event({ occurred_at: new Date(Date.now() + 90_000_000).toISOString() }));
      expect([status, body.code]).toEqual([422, 'occurred_in_future']);
    });

    it.each<[string, unknown, string]>([
      ['an unknown field', event({ colour: 'red' }), '422 unknown_field'],
      ['no type', event({ type: undefined }), '422 invalid_event'],
      ['a type of one token', event({ type: 'build' }), '422 invalid_event'],
      ["a type that is Cairn's own", event({ type: 'achievement.unlocked' }), '422 reserved_type'],
      ['no user', event({ actor: {} }), '422 invalid_event'],
      ['no identity', event({ event_id: undefined }), '422 invalid_event'],
      ['no time', event({ occurred_at: undefined }), '422 invalid_event'],
      ['an impossible time', event({ occurred_at: '2026-02-30T10:00:00Z' }), '422 invalid_event'],
      ['large properties', event({ properties: { text: 'x'.repeat(9_000) } }), '422 properties_too_large'],
      ['very large properties', event({ properties: { text: 'x'.repeat(100_000) } }), '422 properties_too_large'],
      ['deep properties', event({ properties: { a: { b: { c: { d: { e: 1 } } } } } }), '422 properties_too_deep'],
      ['a dangerous key', `{"__proto__":{},${JSON.stringify(event()).slice(1)}`, '422 forbidden_key'],
      ['another tenant', event({ actor: { user_id: 'ada', tenant_id: 'other' } }), '403 tenant_forbidden'],
      ['a number', 5, '422 invalid_event'],
      ['half an object', '{"type":', '400 invalid_json'],
      ['nothing', '', '400 invalid_json'],
      ['half a character', Buffer.from([0x22, 0xc3, 0x22]), '400 invalid_json'],
      ['a padded event', `${JSON.stringify(event())}${' '.repeat(70_000)}`, '413 event_too_large'],
    ])('with %s is refused', async (_, body, expected) => {
      const before = (await ingest.logged()).length;
      const answer = await ingest.post(body);
      expect(`${answer.status} ${answer.body.code}`).toBe(expected);
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
      expect(answer.body.detail).not.toBe('');
      expect((await ingest.logged()).length).toBe(before);
    });

    // proves: bad-input-holds-up-none
    it('names the unknown field', async () => {
      const { body } = await ingest.post(event({ actor: { user_id: 'ada', team: 'x' }, colour: 'red' }));
      expect(body.errors?.map(({ field }) => field).sort()).toEqual(['actor.team', 'colour']);
    });

    it('of another tenant is its own, whatever its id', async () => {
      const sent = event();
      await ingest.post(sent);
      const { status, body } = await ingest.post({ ...sent, properties: { n: 1 } }, { token: TOKENS.other });
      expect([status, body.status]).toEqual([202, 'accepted']);
      expect((await loggedAs(sent.event_id)).map(({ tenantId }) => tenantId).sort()).toEqual(['default', 'other']);
    });
  });

  describe('an array', () => {
    // proves: bad-input-holds-up-none
    it('is answered one by one, in its order, and the bad ones hold up none', async () => {
      const [first, second, last] = [event(), event({ actor: { user_id: 'ben' } }), event({ actor: { user_id: 'cleo' } })];
      const { status, body } = await ingest.post([
        first,
        { ...event(), colour: 'red' },
        second,
        first,
        { ...first, properties: { n: 1 } },
        7,
        { event_id: 'mine', type: 'no' },
        last,
      ]);
      expect(status).toBe(200);
      expect(body.results?.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(body.results?.map(({ status: each }) => each)).toEqual([
        'accepted',
        'rejected',
        'accepted',
        'duplicate',
        'conflict',
        'rejected',
        'rejected',
        'accepted',
      ]);
      expect(body.results?.[3]).toMatchObject({ event_id: first.event_id, sequence: body.results?.[0]?.sequence });
      expect(body.results?.[1]?.error).toMatchObject({ code: 'unknown_field', errors: [{ field: 'colour' }] });
      expect(body.results?.[4]?.error).toMatchObject({ code: 'idempotency_conflict' });
      expect(body.results?.[5]).toMatchObject({ event_id: null, error: { code: 'invalid_event' } });
      expect(body.results?.[6]?.event_id).toBe('mine');
      for (const { status: each, sequence, error } of body.results ?? []) {
        expect(sequence !== undefined).toBe(each === 'accepted' || each === 'duplicate');
        expect(error !== undefined).toBe(each === 'rejected' || each === 'conflict');
      }
      for (const { event_id: id } of [first, second, last]) expect(await loggedAs(id)).toHaveLength(1);
    });

    it('of a thousand goes into few entries', async () => {
      const events = Array.from({ length: 1_000 }, (_, n) => event({ actor: { user_id: `user-${n}` } }));
      const { status, body } = await ingest.post(events);
      expect([status, body.results?.filter((result) => result.status === 'accepted').length]).toEqual([200, 1_000]);
      expect(new Set(body.results?.map(({ sequence }) => sequence)).size).toBeLessThanOrEqual(16);
      const again = await ingest.post(events);
      expect(again.body.results).toEqual(body.results?.map((result) => ({ ...result, status: 'duplicate' })));
    });

    it('is refused as a whole where it is empty, too long, or comes with the key of a single event', async () => {
      const code = async (body: unknown, headers = {}) => {
        const answer = await ingest.post(body, { headers });
        return `${answer.status} ${answer.body.code}`;
      };
      expect(await code([])).toBe('422 batch_empty');
      expect(await code(Array(1_001).fill(event()))).toBe('422 batch_too_large');
      expect(await code([event()], { 'Idempotency-Key': 'k' })).toBe('422 invalid_request');
      expect(await code(`[${' '.repeat(17 * 1024 * 1024)}]`)).toBe('413 body_too_large');
    });
  });

  describe('CloudEvents', () => {
    const cloudEvent = (said: Record<string, unknown> = {}) => ({
      specversion: '1.0',
      id: randomUUID(),
      type: 'build.succeeded',
      source: 'ci/main',
      subject: 'ada',
      time: OCCURRED_AT,
      data: { n: 1 },
      ...said,
    });
    const attributesOf = ({ data, ...attributes }: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(String(value))]));

    it('are the same event in structured, binary and batch mode, and as plain JSON', async () => {
      const sent = cloudEvent({ subject: 'gräfin ada' });
      const structured = await ingest.post(sent, { headers: { 'Content-Type': 'application/cloudevents+json' } });
      expect([structured.status, structured.body.status]).toEqual([202, 'accepted']);
      const [logged] = await loggedAs(sent.id);
      expect(logged).toMatchObject({ userId: 'gräfin ada', propertiesJson: '{"n":1}', source: { app: 'ci/main', platform: 'other' } });

      const duplicate = { ...structured.body, status: 'duplicate' };
      expect((await ingest.post({ n: 1 }, { headers: attributesOf(sent) })).body).toEqual(duplicate);
      const batch = await ingest.post([sent], { headers: { 'Content-Type': 'application/cloudevents-batch+json' } });
      expect([batch.status, batch.body]).toEqual([200, { results: [{ index: 0, ...duplicate }] }]);
      const plain = { event_id: sent.id, type: sent.type, actor: { user_id: sent.subject }, source: { app: sent.source } };
      expect((await ingest.post({ ...plain, occurred_at: OCCURRED_AT, properties: { n: 1 } })).body).toEqual(duplicate);
    });

    it('are refused where they are not complete', async () => {
      const code = async (body: unknown, headers: Record<string, string>) => {
        const answer = await ingest.post(body, { headers });
        return `${answer.status} ${answer.body.code}`;
      };
      const structured = { 'Content-Type': 'application/cloudevents+json' };
      expect(await code(cloudEvent({ specversion: '0.3' }), structured)).toBe('422 invalid_cloudevent');
      expect(await code(cloudEvent({ subject: undefined }), structured)).toBe('422 invalid_cloudevent');
      expect(await code(cloudEvent({ colour: 'red' }), structured)).toBe('422 unknown_field');
      expect(await code(cloudEvent({ tenantid: 'other' }), structured)).toBe('403 tenant_forbidden');
      expect(await code('x', { ...attributesOf(cloudEvent()), 'Content-Type': 'text/plain' })).toBe('415 unsupported_media_type');
      const batch = await ingest.post([cloudEvent(), cloudEvent({ specversion: '2' })], {
        headers: { 'Content-Type': 'application/cloudevents-batch+json' },
      });
      expect(batch.body.results?.map(({ status, error }) => `${status} ${error?.code}`)).toEqual([
        'accepted undefined',
        'rejected invalid_cloudevent',
      ]);
    });
  });

  it('is answered alike whether it is usual or has to be looked at closely', async () => {
    const closely = { 'Content-Type': 'application/json; charset=utf-8' };
    // Of a token that was just asked about.
    await ingest.post(event());
    const sent = event();
    const bodies = [
      sent,
      { ...sent, properties: { n: 1 } },
      [sent, 7],
      [],
      '{"half":',
      Buffer.from([0x22, 0xff, 0x22]),
      { ...sent, colour: 'red' },
    ];
    await ingest.post(sent);
    for (const body of bodies) {
      const [usual, other] = [await ingest.post(body), await ingest.post(body, { headers: closely })];
      expect([usual.status, usual.body]).toEqual([other.status, other.body]);
      expect(usual.headers.get('Content-Type')).toBe(other.headers.get('Content-Type'));
    }
    const keyed = { ...event(), event_id: undefined };
    const first = await ingest.post(keyed, { headers: { 'Idempotency-Key': 'alike' } });
    const second = await ingest.post(keyed, { headers: { ...closely, 'Idempotency-Key': 'alike' } });
    expect([first.body.status, second.body]).toEqual(['accepted', { ...first.body, status: 'duplicate' }]);
  });

  it('needs a token with the scope events:write', async () => {
    expect((await ingest.post(event(), { token: 'unknown' })).status).toBe(401);
    const { status, body } = await ingest.post(event(), { token: TOKENS.reader });
    expect([status, body.code, body.detail]).toEqual([403, 'forbidden', expect.stringContaining('events:write')]);
  });

  it('counts what came, by what became of it', async () => {
    const before = await ingest.counted('http');
    const sent = event();
    await ingest.post(sent);
    await ingest.post([sent, { ...sent, properties: { n: 1 } }, 7]);
    const after = await ingest.counted('http');
    const delta = Object.fromEntries(Object.entries(after).map(([status, count]) => [status, count - (before[status] ?? 0)]));
    expect(delta).toEqual({ accepted: 1, duplicate: 1, conflict: 1, rejected: 1 });
  });

  it('is ready while its servers are there', async () => {
    const response = await fetch(`${ingest.url}/readyz`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ready', checks: { nats: 'ok', jetstream: 'ok', postgres: 'ok', 'nats-door': 'ok' } },
    ]);
  });
});
