import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitEvent } from './admission.js';
import type { CairnError } from './errors.js';
import type { CairnEvent, WireEvent } from './event.js';
import { decodeEventBatch, encodeEventBatch } from './eventBatch.js';
import { decodeProducerAvro, producerSchemaFingerprints } from './producerAvro.js';
import { ARBITRARY_EVENTS_UNTIL, onTheWire, wireEvent } from './testing/wireEvent.js';
import { toWireEvent } from './toWireEvent.js';
import { wireEventSchema } from './wireEventSchema.js';

const RECEIVED_AT = ARBITRARY_EVENTS_UNTIL - 86_400_000;
const ADMISSION = { tenantId: 'default', mayWriteTo: () => true, receivedAt: RECEIVED_AT };

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
