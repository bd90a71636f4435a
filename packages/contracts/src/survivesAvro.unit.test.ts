import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitEvent, wireEventSchema } from './admission.js';
import type { CairnError } from './errors.js';
import { type CairnEvent, PLATFORMS, type WireEvent } from './event.js';
import { decodeEventBatch, encodeEventBatch } from './eventBatch.js';
import { isEventId, isUserId, isWellFormed } from './identifiers.js';
import { formatInstant } from './instant.js';
import { decodeProducerAvro, producerSchemaFingerprints } from './producerAvro.js';
import { toWireEvent } from './toWireEvent.js';

const RECEIVED_AT = Date.parse('2026-04-12T10:15:00Z');
const ADMISSION = { tenantId: 'default', mayWriteTo: () => true, receivedAt: RECEIVED_AT };

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
const wireEvent: fc.Arbitrary<WireEvent> = fc
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
    occurred_at: fc.integer({ min: -62_135_596_800_000, max: RECEIVED_AT + 86_400_000 }).map(formatInstant),
    properties: optional(properties),
    schema_version: optional(fc.integer({ min: 1, max: 2_147_483_647 })),
  })
  .filter((event) => event.event_id !== undefined || event.idempotency_key !== undefined)
  .filter((event) => !/^(achievement|realtime)\./.test(event.type));

const onTheWire = (event: WireEvent): unknown => JSON.parse(JSON.stringify(event));

describe('an event that zod has let through', () => {
  it('is admitted, whatever it says', () => {
    fc.assert(
      fc.property(wireEvent, (event) => {
        expect(wireEventSchema.safeParse(onTheWire(event)).success).toBe(true);
        expect(admitEvent(onTheWire(event), ADMISSION).type).toBe(event.type);
      }),
    );
  });

  it('comes out of an entry of the log as it went in', () => {
    fc.assert(
      fc.property(fc.array(wireEvent, { minLength: 1, maxLength: 5 }), (events) => {
        const batch = {
          tenantId: 'default',
          events: events.map((event) => withTenant(admitEvent(onTheWire(event), ADMISSION), 'default')),
        };
        expect(decodeEventBatch(encodeEventBatch(batch))).toEqual(batch);
      }),
    );
  });

  it('is the same event when it comes as avro/binary', () => {
    const [fingerprint] = producerSchemaFingerprints();
    fc.assert(
      fc.property(wireEvent, (event) => {
        const json = onTheWire(event) as WireEvent;
        const avro = decodeProducerAvro(toProducerAvro(json), fingerprint ?? '');
        expect(admitEvent(avro, ADMISSION)).toEqual(admitEvent(json, ADMISSION));
      }),
    );
  });

  it('is the same event when it goes back through a door', () => {
    fc.assert(
      fc.property(wireEvent, (event) => {
        const first = admitEvent(onTheWire(event), ADMISSION);
        const again = admitEvent(onTheWire(toWireEvent(first)), { ...ADMISSION, receivedAt: RECEIVED_AT + 1 });
        const { payloadHash, ...names } = first.identity;
        expect(again.identity).toMatchObject(names);
        // A replaced time is what the log says, and no longer what was said.
        if (!first.clockSkewed) expect(again).toEqual({ ...first, receivedAt: RECEIVED_AT + 1 });
        expect(payloadHash).toHaveLength(16);
      }),
    );
  });
});

describe('entries of the log', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"events":[]}')],
    ['another schema', Buffer.concat([Buffer.from([0xc3, 0x01]), Buffer.alloc(20)])],
    ['half an entry', encodeEventBatch({ tenantId: 'default', events: [] }).subarray(0, 12)],
    ['more than an entry', Buffer.concat([encodeEventBatch({ tenantId: 'default', events: [] }), Buffer.from([0])])],
  ])('that hold %s are refused', (_, bytes) => {
    expect(() => decodeEventBatch(bytes)).toThrow(expect.objectContaining({ code: 'undecodable_entry' }) as CairnError);
  });
});

function withTenant(event: CairnEvent, tenantId: string): CairnEvent {
  return { ...event, tenantId };
}

const producerType = avsc.Type.forSchema(
  JSON.parse(readFileSync(new URL('../../../schemas/event.avsc', import.meta.url), 'utf8')) as avsc.Schema,
  { wrapUnions: 'auto' },
);

/** As a producer would write it who has the schema file and any Avro library. */
function toProducerAvro(event: WireEvent): Buffer {
  return producerType.toBuffer({
    event_id: event.event_id ?? null,
    idempotency_key: event.idempotency_key ?? null,
    type: event.type,
    actor: { user_id: event.actor.user_id, tenant_id: event.actor.tenant_id ?? null, team_id: event.actor.team_id ?? null },
    source:
      event.source === undefined
        ? null
        : {
            platform: event.source.platform ?? null,
            app: event.source.app ?? null,
            ref: event.source.ref ?? null,
            sdk: event.source.sdk ?? null,
            sdk_version: event.source.sdk_version ?? null,
          },
    occurred_at: Date.parse(event.occurred_at),
    properties: event.properties === undefined ? null : JSON.stringify(event.properties),
    schema_version: event.schema_version ?? 1,
  });
}
