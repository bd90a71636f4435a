import { describe, expect, it } from 'vitest';
import { admitEvent } from './admission.js';
import { type CairnError, isCairnError } from './errors.js';

const RECEIVED_AT = Date.parse('2026-04-12T10:15:00Z');
const EVENT = { event_id: 'e1', type: 'build.succeeded', actor: { user_id: 'ada' }, occurred_at: '2026-04-12T10:00:00Z' };

const admit = (said: unknown) =>
  admitEvent(said, { tenantId: 'default', mayWriteTo: (tenant) => tenant !== 'closed', receivedAt: RECEIVED_AT });
const withSaid = (said: Record<string, unknown>) => admit({ ...EVENT, ...said });

function refusalOf(act: () => unknown): CairnError {
  try {
    act();
  } catch (error) {
    if (isCairnError(error)) return error;
    throw error;
  }
  throw new Error('it was admitted');
}

describe('admitEvent', () => {
  it('completes what was left out', () => {
    expect(withSaid({})).toMatchObject({
      eventId: 'e1',
      idempotencyKey: null,
      tenantId: 'default',
      teamId: null,
      source: { platform: 'other', app: null, ref: null, sdk: null, sdkVersion: null },
      occurredAt: Date.parse('2026-04-12T10:00:00Z'),
      receivedAt: RECEIVED_AT,
      clockSkewed: false,
      backfill: false,
      propertiesJson: '{}',
      schemaVersion: 1,
      identity: { keyHash: null, fingerprint: null },
    });
  });

  it('takes an event for the same whether it is told late or not', () => {
    const late = withSaid({ backfill: true });
    expect(late.backfill).toBe(true);
    expect(late.identity).toEqual(withSaid({}).identity);
  });

  it('derives an absent event id from tenant and key, the same on every retry', () => {
    const { event_id: _, ...withoutId } = EVENT;
    const one = admit({ ...withoutId, idempotency_key: 'k' });
    expect(one.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(admit({ ...withoutId, idempotency_key: 'k' }).eventId).toBe(one.eventId);
    expect(admit({ ...withoutId, idempotency_key: 'other' }).eventId).not.toBe(one.eventId);
    expect(admit({ ...withoutId, idempotency_key: 'k', actor: { user_id: 'ada', tenant_id: 'other' } }).eventId).not.toBe(one.eventId);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['an unknown field', { colour: 'red' }, 'unknown_field', 'colour'],
    ['a text for whether it is told late', { backfill: 'yes' }, 'invalid_event', 'backfill'],
    ['an unknown field of the actor', { actor: { user_id: 'ada', name: 'Ada' } }, 'unknown_field', 'actor.name'],
    ['an unknown field of the source', { source: { os: 'linux' } }, 'unknown_field', 'source.os'],
    ['a platform of its own', { source: { platform: 'beos' } }, 'invalid_event', 'source.platform'],
    ['an empty user', { actor: { user_id: '' } }, 'invalid_event', 'actor.user_id'],
    ['a user with a control character', { actor: { user_id: 'a\u0007b' } }, 'invalid_event', 'actor.user_id'],
    ['a user of 129 characters', { actor: { user_id: '😀'.repeat(129) } }, 'invalid_event', 'actor.user_id'],
    ['half a character in a user', { actor: { user_id: '\ud83d' } }, 'invalid_event', 'actor.user_id'],
    ['a tenant in capitals', { actor: { user_id: 'ada', tenant_id: 'Org' } }, 'invalid_event', 'actor.tenant_id'],
    ['a closed tenant', { actor: { user_id: 'ada', tenant_id: 'closed' } }, 'tenant_forbidden', 'actor.tenant_id'],
    ['an event id of two lines', { event_id: 'a\nb' }, 'invalid_event', 'event_id'],
    ['a number as event id', { event_id: 5 }, 'invalid_event', 'event_id'],
    ['an empty key', { idempotency_key: '' }, 'invalid_event', 'idempotency_key'],
    ['a type in capitals', { type: 'Build.Succeeded' }, 'invalid_event', 'type'],
    ['a type of seven tokens', { type: 'a.b.c.d.e.f.g' }, 'invalid_event', 'type'],
    ['a type with an empty token', { type: 'a..b' }, 'invalid_event', 'type'],
    ['a type of Cairn', { type: 'realtime.progress' }, 'reserved_type', 'type'],
    ['a day without a time', { occurred_at: '2026-04-12' }, 'invalid_event', 'occurred_at'],
    ['a number as time', { occurred_at: 1 }, 'invalid_event', 'occurred_at'],
    ['a time more than a day ahead', { occurred_at: '2026-04-13T10:15:00.001Z' }, 'occurred_in_future', 'occurred_at'],
    ['a list as properties', { properties: [] }, 'invalid_event', 'properties'],
    ['null as properties', { properties: null }, 'invalid_event', 'properties'],
    ['a version of 0', { schema_version: 0 }, 'invalid_event', 'schema_version'],
    ['half a version', { schema_version: 1.5 }, 'invalid_event', 'schema_version'],
    ['a number that no double can say', { properties: { n: Number('1e999') } }, 'invalid_event', 'properties.n'],
  ])('refuses %s', (...[, said, code, field]) => {
    const refusal = refusalOf(() => withSaid(said));
    expect([refusal.code, refusal.errors.map((error) => error.field)]).toEqual([code, [field]]);
    expect(refusal.message).toContain(field);
  });

  it.each([null, 1, 'event', [], [EVENT]])('refuses %j, which is no object', (input) => {
    expect(refusalOf(() => admit(input)).code).toBe('invalid_event');
  });

  it('names all that is wrong at once', () => {
    const { errors } = refusalOf(() => admit({ event_id: 'e1', colour: 'red', actor: {} }));
    expect(errors.map(({ field }) => field).sort()).toEqual(['actor.user_id', 'colour', 'occurred_at', 'type']);
  });

  it.each([
    ['{"__proto__":1}', '__proto__'],
    ['{"constructor":1}', 'constructor'],
    ['{"actor":{"user_id":"ada","__proto__":{}}}', 'actor.__proto__'],
    ['{"source":{"prototype":"x"}}', 'source.prototype'],
    ['{"properties":{"__proto__":{"admin":true}}}', 'properties.__proto__'],
    ['{"properties":{"a":{"constructor":1}}}', 'properties.a.constructor'],
    ['{"properties":{"a":[{"prototype":1}]}}', 'properties.a[0].prototype'],
    ['{"properties":{"a":{"b":{"__proto__":null}}}}', 'properties.a.b.__proto__'],
  ])('refuses a key that reaches a prototype: %s', (json, field) => {
    // As JSON.parse makes it: an own property of that name.
    const said = JSON.parse(`{${JSON.stringify(EVENT).slice(1, -1)},${json.slice(1)}`) as unknown;
    const refusal = refusalOf(() => admit(said));
    expect([refusal.code, refusal.errors.map((error) => error.field)]).toEqual(['forbidden_key', [field]]);
  });

  it('bounds properties to 8 KiB of JSON and four levels, and no less', () => {
    const frame = JSON.stringify({ text: '' }).length;
    expect(withSaid({ properties: { text: 'x'.repeat(8192 - frame) } }).propertiesJson).toHaveLength(8192);
    expect(refusalOf(() => withSaid({ properties: { text: 'x'.repeat(8193 - frame) } })).code).toBe('properties_too_large');
    // Bytes, not characters.
    expect(refusalOf(() => withSaid({ properties: { text: 'ü'.repeat(4096) } })).code).toBe('properties_too_large');
    expect(withSaid({ properties: { a: { b: { c: 1 } } } }).propertiesJson).toBe('{"a":{"b":{"c":1}}}');
    expect(withSaid({ properties: { a: [[[1]]] } }).propertiesJson).toBe('{"a":[[[1]]]}');
    expect(refusalOf(() => withSaid({ properties: { a: { b: { c: { d: {} } } } } })).code).toBe('properties_too_deep');
    expect(refusalOf(() => withSaid({ properties: { a: [[[[1]]]] } })).code).toBe('properties_too_deep');
    const abyss = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as unknown;
    expect(refusalOf(() => withSaid({ properties: abyss })).code).toBe('properties_too_deep');
  });

  it('replaces a time that lies ahead by up to a day, and hashes what was said', () => {
    const ahead = withSaid({ occurred_at: '2026-04-13T10:15:00Z' });
    expect([ahead.occurredAt, ahead.clockSkewed]).toEqual([RECEIVED_AT, true]);
    const retry = admitEvent(
      { ...EVENT, occurred_at: '2026-04-13T10:15:00Z' },
      { tenantId: 'default', mayWriteTo: () => true, receivedAt: RECEIVED_AT + 60_000 },
    );
    expect(retry.identity.payloadHash).toEqual(ahead.identity.payloadHash);
    expect(withSaid({ occurred_at: '2026-04-12T10:15:00Z' }).clockSkewed).toBe(false);
  });

  it('hashes the content: neither names nor SDK, the order of keys or how defaults are written', () => {
    const hash = (said: Record<string, unknown>) => withSaid(said).identity.payloadHash.toString('hex');
    const base = hash({ properties: { a: 1, b: { c: [1, 2], d: null } } });
    expect(hash({ properties: { b: { d: null, c: [1, 2] }, a: 1.0 } })).toBe(base);
    expect(hash({ event_id: 'other', idempotency_key: 'k', properties: { a: 1, b: { c: [1, 2], d: null } } })).toBe(base);
    expect(hash({ source: { sdk: 'cairn-js', sdk_version: '2' }, properties: { a: 1, b: { c: [1, 2], d: null } } })).toBe(base);
    expect(hash({ occurred_at: '2026-04-12T12:00:00.000+02:00', properties: { a: 1, b: { c: [1, 2], d: null } } })).toBe(base);
    for (const other of [
      { properties: { a: 1, b: { c: [2, 1], d: null } } },
      { properties: { a: '1', b: { c: [1, 2], d: null } } },
      { occurred_at: '2026-04-12T10:00:00.001Z', properties: { a: 1, b: { c: [1, 2], d: null } } },
      { source: { app: 'portal' }, properties: { a: 1, b: { c: [1, 2], d: null } } },
      { actor: { user_id: 'ada', team_id: 't' }, properties: { a: 1, b: { c: [1, 2], d: null } } },
      { schema_version: 2, properties: { a: 1, b: { c: [1, 2], d: null } } },
    ]) {
      expect(hash(other)).not.toBe(base);
    }
  });

  it('takes a fingerprint only where there is a reference', () => {
    const fingerprint = (said: Record<string, unknown>) => withSaid(said).identity.fingerprint?.toString('hex');
    expect(fingerprint({ source: { app: 'portal' } })).toBeUndefined();
    const one = fingerprint({ source: { ref: 'sha1' } });
    expect(fingerprint({ event_id: 'other', source: { ref: 'sha1', app: 'x' }, properties: { n: 1 } })).toBe(one);
    expect(fingerprint({ source: { ref: 'sha2' } })).not.toBe(one);
    expect(fingerprint({ type: 'build.failed', source: { ref: 'sha1' } })).not.toBe(one);
    expect(fingerprint({ actor: { user_id: 'ben' }, source: { ref: 'sha1' } })).not.toBe(one);
  });
});
