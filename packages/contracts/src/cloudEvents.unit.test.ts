import { describe, expect, it } from 'vitest';
import { cloudEventAttributes, fromBinaryCloudEvent, fromCloudEvent } from './cloudEvents.js';

const CLOUD_EVENT = {
  specversion: '1.0',
  id: 'e1',
  source: '/ci/main',
  type: 'build.succeeded',
  subject: 'ada',
  time: '2026-04-12T10:15:00Z',
};
const EVENT = {
  event_id: 'e1',
  source: { app: '/ci/main' },
  type: 'build.succeeded',
  actor: { user_id: 'ada' },
  occurred_at: '2026-04-12T10:15:00Z',
};
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('fromCloudEvent', () => {
  it('maps attributes and extensions to the fields of an event', () => {
    expect(fromCloudEvent(CLOUD_EVENT)).toEqual(EVENT);
    const full = {
      ...CLOUD_EVENT,
      datacontenttype: 'application/json; charset=utf-8',
      dataschema: 'https://example.org/schema',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: { step: 'x' },
      tenantid: 'org',
      teamid: 'platform',
      platform: 'ci',
      ref: 'sha1',
      idempotencykey: 'k',
      schemaversion: 2,
      backfill: true,
    };
    expect(fromCloudEvent(full)).toEqual({
      ...EVENT,
      idempotency_key: 'k',
      actor: { user_id: 'ada', tenant_id: 'org', team_id: 'platform' },
      source: { app: '/ci/main', platform: 'ci', ref: 'sha1' },
      properties: { step: 'x' },
      schema_version: 2,
      backfill: true,
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another version', { specversion: '0.3' }, 'invalid_cloudevent'],
    ['no version', { specversion: undefined }, 'invalid_cloudevent'],
    ['no id', { id: undefined }, 'invalid_cloudevent'],
    ['an empty source', { source: '' }, 'invalid_cloudevent'],
    ['no subject', { subject: undefined }, 'invalid_cloudevent'],
    ['a number as time', { time: 1 }, 'invalid_cloudevent'],
    ['data that is not JSON', { datacontenttype: 'text/xml', data: '<a/>' }, 'invalid_cloudevent'],
    ['binary data', { data_base64: 'AAAA' }, 'invalid_cloudevent'],
    ['an extension that is not known', { colour: 'red' }, 'unknown_field'],
  ])('refuses %s', (_, said, code) => {
    expect(() => fromCloudEvent({ ...CLOUD_EVENT, ...said })).toThrow(refusal(code));
  });

  it('refuses what is no object, and a key that reaches a prototype', () => {
    for (const input of [null, 'x', [CLOUD_EVENT]]) expect(() => fromCloudEvent(input)).toThrow(refusal('invalid_cloudevent'));
    const crafted = JSON.parse(`{"__proto__":{"id":"x"},${JSON.stringify(CLOUD_EVENT).slice(1)}`) as unknown;
    expect(() => fromCloudEvent(crafted)).toThrow(refusal('unknown_field'));
  });
});

describe('binary mode', () => {
  it('takes attributes from ce- headers in any case, percent-decoded', () => {
    const headers: [string, string][] = [
      ['CE-SpecVersion', '1.0'],
      ['ce-subject', 'gr%C3%A4fin%20ada'],
      ['content-type', 'application/json'],
      ['x-ce-other', 'no'],
    ];
    const attributes = cloudEventAttributes(headers);
    expect(attributes).toEqual(
      new Map([
        ['specversion', '1.0'],
        ['subject', 'gräfin ada'],
      ]),
    );
  });

  it('is none without ce-specversion, and refuses what is not percent-encoded UTF-8', () => {
    expect(cloudEventAttributes([['ce-id', 'x']])).toBeNull();
    expect(() => cloudEventAttributes([['ce-subject', '%E4']])).toThrow(refusal('invalid_cloudevent'));
  });

  it('is the same event as in structured mode', () => {
    const attributes = new Map(Object.entries(CLOUD_EVENT));
    expect(fromBinaryCloudEvent(attributes, { n: 1 })).toEqual(fromCloudEvent({ ...CLOUD_EVENT, data: { n: 1 } }));
    expect(fromBinaryCloudEvent(attributes, undefined)).toEqual(EVENT);
    const told = (backfill: string) => fromBinaryCloudEvent(new Map([...attributes, ['backfill', backfill]]), undefined)['backfill'];
    expect([told('true'), told('false'), told('yes')]).toEqual([true, false, 'yes']);
  });
});
