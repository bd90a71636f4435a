import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitEvent } from './admission.js';
import { type ControlEntry, decodeControlEntry, encodeControlEntry } from './controlEntry.js';
import { CairnError } from './errors.js';
import type { CairnEvent, WireEvent } from './event.js';
import { decodeEventBatch, encodeEventBatch } from './eventBatch.js';
import { SCHEMA_VERSIONS } from './generated/schemas.generated.js';
import { decodeLetteredEvent, encodeLetteredEvent, originAdmissionOf } from './letteredEvent.js';
import { decodeProducerAvro, producerSchemaFingerprints } from './producerAvro.js';
import { decodeUnpacked } from './testing/decodeUnpacked.js';
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
        expect(decodeUnpacked(encodeEventBatch(batch))).toEqual(batch);
      }),
    );
  });

  it('is the same event when it comes as avro/binary', () => {
    const fingerprint = producerSchemaFingerprints().at(-1);
    fc.assert(
      fc.property(wireEvent, (event) => {
        const json = onTheWire(event) as WireEvent;
        const avro = decodeProducerAvro(toProducerAvro(json), fingerprint ?? '');
        expect(admitEvent(avro, ADMISSION)).toEqual(admitEvent(json, ADMISSION));
      }),
    );
  });

  it('comes out of the dead letters as it stood in the log', () => {
    fc.assert(
      fc.property(wireEvent, (wire) => {
        const event = admitEvent(onTheWire(wire), ADMISSION);
        const letter = { tenantId: event.tenantId, admission: originAdmissionOf(event) };
        expect(decodeLetteredEvent(encodeLetteredEvent(event), letter)).toEqual(event);
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

const CONTROL: ControlEntry = {
  entryId: 'c1',
  tenantId: 'default',
  at: 1,
  actor: 'dev',
  body: { kind: 'tenant_configured', timezone: null, tierOrder: ['free', 'team'] },
};
/** An entry up to where its events begin. */
const head = encodeEventBatch({ tenantId: 'default', events: [] }).subarray(0, -1);

describe('entries of the log', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"events":[]}')],
    ['another schema', encodeControlEntry(CONTROL)],
    ['more events than bytes', Buffer.concat([head, Buffer.from('0080808080808001', 'hex')])],
    ['blocks of events that are not there', Buffer.concat([head, Buffer.from('0003feffffffff7f', 'hex')])],
    ['a text that is longer than the entry', Buffer.concat([head.subarray(0, 10), Buffer.from('feffffff0f61', 'hex')])],
    ['a number of more than 64 bits', Buffer.concat([head.subarray(0, 10), Buffer.alloc(12, 0xff)])],
    ['half an entry', encodeEventBatch({ tenantId: 'default', events: [] }).subarray(0, 12)],
    ['more than an entry', Buffer.concat([encodeEventBatch({ tenantId: 'default', events: [] }), Buffer.from([0])])],
  ])('that hold %s are refused', (_, bytes) => {
    expect(() => decodeEventBatch(bytes)).toThrow(refusal('undecodable_entry'));
  });

  it('that a newer version wrote are told from broken ones', () => {
    const newer = Buffer.concat([Buffer.from([0xc3, 0x01]), Buffer.alloc(20)]);
    expect(() => decodeEventBatch(newer)).toThrow(refusal('newer_entry'));
    expect(() => decodeControlEntry(newer)).toThrow(refusal('newer_entry'));
  });

  it('have two versions, which are read field by field: another one is to be read as well', () => {
    expect(SCHEMA_VERSIONS['log-event-batch']).toHaveLength(2);
  });

  it('that are broken anywhere are read or refused, and claim no more memory than they are long', () => {
    const arbitrary = fc.tuple(fc.array(wireEvent, { maxLength: 3 }), fc.nat(), fc.nat(255), fc.nat());
    fc.assert(
      fc.property(arbitrary, ([wires, place, byte, length]) => {
        for (const bytes of [
          encodeEventBatch({ tenantId: 'default', events: wires.map((wire) => admitEvent(onTheWire(wire), ADMISSION)) }),
          encodeControlEntry(CONTROL),
        ]) {
          bytes[place % bytes.length] = byte;
          const cut = bytes.subarray(0, length % 4 === 0 ? length % bytes.length : bytes.length);
          for (const decode of [decodeEventBatch, decodeControlEntry])
            expect(['undecodable_entry', 'newer_entry', null]).toContain(codeOf(() => decode(cut)));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

const refusal = (code: string) => expect.objectContaining({ code }) as CairnError;

function codeOf(decode: () => unknown): string | null {
  try {
    decode();
    return null;
  } catch (error) {
    if (error instanceof CairnError) return error.code;
    throw error;
  }
}

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
    backfill: event.backfill ?? false,
  });
}
