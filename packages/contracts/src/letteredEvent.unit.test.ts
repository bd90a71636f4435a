import { describe, expect, it } from 'vitest';
import { admitEvent } from './admission.js';
import { decodeLetteredEvent, encodeLetteredEvent, originAdmissionOf } from './letteredEvent.js';

const RECEIVED_AT = Date.parse('2026-04-12T10:15:00.123Z');
const admit = (wire: Record<string, unknown>) =>
  admitEvent(
    { event_id: 'e1', type: 'build.succeeded', actor: { user_id: 'ada' }, occurred_at: '2026-04-12T10:00:00Z', ...wire },
    { tenantId: 'acme', mayWriteTo: () => true, receivedAt: RECEIVED_AT },
  );

describe('an event in the dead letters', () => {
  it.each([
    ['with as little as it can have', {}],
    [
      'with all that it can have',
      {
        idempotency_key: 'k',
        actor: { user_id: 'ö 🎉', team_id: 'platform' },
        source: { platform: 'ci', app: 'a', ref: 'r', sdk: 's', sdk_version: '1' },
        properties: { a: 1.5e300, b: [1, null, 'ü'], c: { d: true }, zero: -0, ' ': '\u2028' },
        schema_version: 3,
      },
    ],
    ['of a producer whose clock was ahead', { occurred_at: '2026-04-12T20:00:00Z' }],
  ])('%s comes back as it was', (_name, wire) => {
    const event = admit(wire);
    const letter = { tenantId: 'acme', admission: originAdmissionOf(event) };
    expect(decodeLetteredEvent(encodeLetteredEvent(event), letter)).toEqual(event);
  });

  it('is not made up where the letter lacks what its door had decided', () => {
    const event = admit({});
    for (const admission of [undefined, '', '{}', '{"received_at":1,"clock_skewed":false,"payload_hash":"zz"}'])
      expect(() => decodeLetteredEvent(encodeLetteredEvent(event), { tenantId: 'acme', admission })).toThrow(/does not hold an event/);
    expect(() => decodeLetteredEvent(Buffer.from('{'), { tenantId: 'acme', admission: originAdmissionOf(event) })).toThrow();
  });

  it('goes to no other tenant', () => {
    const event = admit({});
    const letter = { tenantId: 'other', admission: originAdmissionOf(event) };
    expect(() => decodeLetteredEvent(encodeLetteredEvent(event), letter)).toThrow(/tenant/);
  });
});
