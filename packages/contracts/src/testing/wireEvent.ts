import fc from 'fast-check';
import { PLATFORMS, type WireEvent } from '../event.js';
import { isEventId, isUserId, isWellFormed } from '../identifiers.js';
import { formatInstant } from '../instant.js';

/** The last instant that they say; a door takes them in that is a day behind it, or less. */
export const ARBITRARY_EVENTS_UNTIL = Date.parse('2026-04-13T10:15:00Z');

const token = fc.stringMatching(/^[a-z0-9_]{1,12}$/);
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength }).filter(isWellFormed);
const user = fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }).filter(isUserId);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const scalar = fc.oneof(text(30), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null));
const key = fc.string({ unit: 'binary', maxLength: 12 }).filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
const object = (value: fc.Arbitrary<unknown>) => fc.dictionary(key, value, { maxKeys: 4 });
const properties = object(fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), object(fc.oneof(scalar, object(scalar)))));

/** All that a producer may say, and nothing else. */
export const wireEvent: fc.Arbitrary<WireEvent> = fc
  .record({
    event_id: optional(fc.oneof(fc.uuid(), fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }).filter(isEventId))),
    idempotency_key: optional(text(40).filter((said) => said !== '')),
    type: fc.array(token, { minLength: 2, maxLength: 6 }).map((tokens) => tokens.join('.')),
    actor: fc.record({ user_id: user, tenant_id: optional(slug), team_id: optional(user) }),
    source: optional(
      fc.record({
        platform: optional(fc.constantFrom(...PLATFORMS)),
        app: optional(text(40)),
        ref: optional(text(40)),
        sdk: optional(text(20)),
        sdk_version: optional(text(20)),
      }),
    ),
    occurred_at: fc.integer({ min: -62_135_596_800_000, max: ARBITRARY_EVENTS_UNTIL }).map(formatInstant),
    properties: optional(properties),
    schema_version: optional(fc.integer({ min: 1, max: 2_147_483_647 })),
    backfill: optional(fc.boolean()),
  })
  .filter((event) => event.event_id !== undefined || event.idempotency_key !== undefined)
  .filter((event) => !/^(achievement|realtime)\./.test(event.type));

/** As a door gets it. */
export const onTheWire = (event: WireEvent): unknown => JSON.parse(JSON.stringify(event));
