import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUsualWireEvent } from './isUsualWireEvent.js';
import { onTheWire, wireEvent } from './testing/wireEvent.js';
import { parseWireEvent } from './wireEventSchema.js';

const EVENT = { event_id: 'e1', type: 'build.succeeded', actor: { user_id: 'ada' }, occurred_at: '2026-04-12T10:00:00Z' };
const LARGEST_INT = 2_147_483_647;

/** Each field of the event, its actor and its source, and names that belong to none: whichever is wrong must be left to the schema. */
const field = fc.constantFrom(
  ...['event_id', 'idempotency_key', 'type', 'actor', 'source', 'occurred_at', 'properties', 'schema_version', 'backfill'],
  ...['colour', '__proto__'],
  ...['actor.user_id', 'actor.tenant_id', 'actor.team_id', 'actor.name', 'actor.constructor'],
  ...['source.platform', 'source.app', 'source.ref', 'source.sdk', 'source.sdk_version', 'source.os'],
);
const something = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(undefined, '', 'ci', 'a.b', 'A.B', 'a\u0000b', 'ü', '\ud83d', '2026-02-30T10:00:00Z', '2026-04-12T10:00:00+02:00'),
  fc.constantFrom(0, 1, 1.5, LARGEST_INT, LARGEST_INT + 1, Number.NaN),
  fc.integer({ min: 0, max: 600 }).map((length) => 'x'.repeat(length)),
  fc.stringMatching(/^[ -~]{0,140}$/),
);
const plain = wireEvent.map((event) => ({
  ...event,
  event_id: 'e1',
  idempotency_key: 'k',
  actor: { user_id: 'ada' },
  source: { app: 'portal', ref: 'r' },
}));
const mutated = fc
  .tuple(fc.oneof(wireEvent, plain), fc.array(fc.record({ field, something }), { maxLength: 2 }))
  .map(([event, changes]) => changes.reduce(change, onTheWire(event)));

function change(event: unknown, { field: path, something: value }: { field: string; something: unknown }): unknown {
  if (event === null || typeof event !== 'object') return event;
  const [first = '', second] = path.split('.');
  const inner = (event as Record<string, unknown>)[first];
  const next = second === undefined ? value : change(inner, { field: second, something: value });
  // As JSON.parse does it: an own property, whatever it is called.
  Object.defineProperty(event, first, { value: next, enumerable: true, configurable: true, writable: true });
  return event;
}

describe('isUsualWireEvent', () => {
  it('lets nothing through that the schema would refuse or read in another way', () => {
    let usual = 0;
    fc.assert(
      fc.property(mutated, (input) => {
        if (!isUsualWireEvent(input)) return;
        usual++;
        expect(parseWireEvent(input)).toEqual(input);
      }),
      { numRuns: 2_000 },
    );
    // Or it would say nothing.
    expect(usual).toBeGreaterThan(100);
  });

  it.each<[string, Record<string, unknown>]>([
    ['the least that there is', {}],
    ['a UUID', { event_id: '0190163d-8694-739b-aea5-966c26f8ad90' }],
    ['a key', { idempotency_key: 'k' }],
    ['a whole source', { source: { platform: 'ci', app: 'a', ref: 'r', sdk: 's', sdk_version: '1' } }],
    ['a whole actor', { actor: { user_id: 'ada@example.org', tenant_id: 't', team_id: 'platform' } }],
    ['properties', { properties: { a: { b: ['ü'] } }, schema_version: 2 }],
    ['that it is told late', { backfill: true }],
    ['milliseconds', { occurred_at: '2026-04-12T10:00:00.123Z' }],
    ['an offset', { occurred_at: '2026-04-12T10:00:00+02:00' }],
  ])('knows %s', (_, said) => {
    expect(isUsualWireEvent({ ...EVENT, ...said })).toBe(true);
  });

  it('leaves to the schema what is rare, though it may be right', () => {
    const rare = { ...EVENT, actor: { user_id: 'Zoë' } };
    expect(isUsualWireEvent(rare)).toBe(false);
    expect(parseWireEvent(rare)).toEqual(rare);
  });
});
