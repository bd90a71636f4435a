import { describe, expect, it } from 'vitest';
import { readSubmission } from './readSubmission.js';

const read = (headers: Record<string, string>, body: unknown) =>
  readSubmission(new Headers(headers), Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
const events = (headers: Record<string, string>, body: unknown) => {
  const { kind, inputs, toEvent } = read(headers, body);
  return { kind, events: inputs.map((input) => toEvent(input)) };
};
const STRUCTURED = {
  specversion: '1.0',
  id: 'e1',
  type: 'build.succeeded',
  source: 'ci',
  subject: 'ada',
  time: '2026-04-12T10:15:00Z',
  tenantid: 'org',
  data: { n: 1 },
};
const EVENT = {
  event_id: 'e1',
  type: 'build.succeeded',
  source: { app: 'ci' },
  actor: { user_id: 'ada', tenant_id: 'org' },
  occurred_at: '2026-04-12T10:15:00Z',
  properties: { n: 1 },
};

describe('readSubmission', () => {
  it.each([undefined, 'application/json', 'Application/JSON; charset="UTF-8"'])('reads plain JSON with Content-Type %s', (type) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
    expect(events(headers, EVENT)).toEqual({ kind: 'single', events: [EVENT] });
    expect(events(headers, [EVENT, 1])).toEqual({ kind: 'batch', events: [EVENT, 1] });
  });

  it('reads a CloudEvent in structured mode, and a batch of them', () => {
    expect(events({ 'Content-Type': 'application/cloudevents+json; charset=utf-8' }, STRUCTURED)).toEqual({
      kind: 'single',
      events: [EVENT],
    });
    expect(events({ 'Content-Type': 'application/cloudevents-batch+json' }, [STRUCTURED])).toEqual({ kind: 'batch', events: [EVENT] });
  });

  it('reads a CloudEvent in binary mode, with its percent-encoded attributes', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': 'e1',
      'CE-Type': 'build.succeeded',
      'ce-source': 'ci',
      'ce-subject': '%C3%A4da',
      'ce-time': '2026-04-12T10:15:00Z',
      'ce-tenantid': 'org',
      'Content-Type': 'application/json',
    };
    expect(events(headers, { n: 1 })).toEqual({ kind: 'single', events: [{ ...EVENT, actor: { user_id: 'äda', tenant_id: 'org' } }] });
    const { properties, ...withoutData } = EVENT;
    expect(properties).toBeDefined();
    expect(events({ ...headers, 'ce-subject': 'ada' }, '')).toEqual({ kind: 'single', events: [withoutData] });
  });

  it.each([
    ['text/plain', '{}', 'unsupported_media_type'],
    ['application/json; charset=iso-8859-1', '{}', 'unsupported_media_type'],
    ['application/json', '{', 'invalid_json'],
    ['application/json', '', 'invalid_json'],
    ['application/json', [], 'batch_empty'],
    ['application/json', Array(1001).fill({}), 'batch_too_large'],
    ['application/cloudevents-batch+json', {}, 'invalid_cloudevent'],
    ['application/cloudevents-batch+json', [], 'batch_empty'],
  ])('refuses %s with %j', (type, body, code) => {
    expect(() => read({ 'Content-Type': type }, body)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('takes as many events as a batch may hold', () => {
    expect(read({}, Array(1000).fill({})).inputs).toHaveLength(1000);
  });
});
