import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admitEvent } from './admission.js';
import type { CairnEvent } from './event.js';
import { encodeEventBatch } from './eventBatch.js';
import { SCHEMA_VERSIONS } from './generated/schemas.generated.js';
import { rabinFingerprint } from './rabinFingerprint.js';
import { decodeUnpacked } from './testing/decodeUnpacked.js';
import { ARBITRARY_EVENTS_UNTIL, onTheWire, wireEvent } from './testing/wireEvent.js';

const HEADER_BYTES = 10;
const schema = JSON.parse(readFileSync(new URL('../../../schemas/log-event-batch.avsc', import.meta.url), 'utf8')) as avsc.Schema;
const type = avsc.Type.forSchema(schema, { wrapUnions: 'auto' });
const firstVersion = avsc.Type.forSchema(SCHEMA_VERSIONS['log-event-batch'][0] ?? 'null', { wrapUnions: 'auto' });

/** Lengths at which the length of a length changes, in characters of one, two and three bytes. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc
    .tuple(fc.constantFrom('a', 'ü', '€'), fc.constantFrom(0, 1, 21, 22, 31, 32, 63, 64, 65, 2_730, 2_731, 8_191, 8_192))
    .map(([unit, count]) => unit.repeat(count)),
);
const instant = fc.oneof(
  fc.constantFrom(0, -1, 63, 64, -64, -65, 2 ** 30 - 1, 2 ** 30, -(2 ** 30), 2 ** 31, 2 ** 40),
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
);
const event = fc
  .tuple(
    wireEvent,
    fc.record({ eventId: text, teamId: fc.option(text), propertiesJson: text, occurredAt: instant, receivedAt: instant }),
    fc.nat(2_147_483_647),
  )
  .map(([wire, odd, schemaVersion]): CairnEvent => {
    return {
      ...admitEvent(onTheWire(wire), { tenantId: 'default', mayWriteTo: () => true, receivedAt: ARBITRARY_EVENTS_UNTIL }),
      ...odd,
      schemaVersion,
    };
  });

describe('encodeEventBatch', () => {
  it('writes what any encoder of the schema writes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/), fc.array(event, { maxLength: 4 }), (tenantId, events) => {
        expect(encodeEventBatch({ tenantId, events }).subarray(HEADER_BYTES)).toEqual(type.toBuffer(asRecord(tenantId, events)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('decodeEventBatch', () => {
  it('reads what was written before an event could be told long after it happened', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 4 }), (events) => {
        const written = Buffer.concat([headerOfVersion(1), firstVersion.toBuffer(asRecord('default', events))]);
        const expected = events.map((said) => ({ ...said, tenantId: 'default', backfill: false }));
        expect(decodeUnpacked(written)).toEqual({ tenantId: 'default', events: expected });
      }),
    );
  });
});

function headerOfVersion(version: number): Buffer {
  const written = SCHEMA_VERSIONS['log-event-batch'][version - 1] ?? 'null';
  const canonical = JSON.stringify(avsc.Type.forSchema(written, { wrapUnions: 'auto' }).schema());
  return Buffer.concat([Buffer.from([0xc3, 0x01]), rabinFingerprint(canonical)]);
}

function asRecord(tenantId: string, events: readonly CairnEvent[]): unknown {
  return {
    tenant_id: tenantId,
    events: events.map(({ source, identity, ...said }) => ({
      event_id: said.eventId,
      idempotency_key: said.idempotencyKey,
      type: said.type,
      user_id: said.userId,
      team_id: said.teamId,
      platform: source.platform,
      app: source.app,
      ref: source.ref,
      sdk: source.sdk,
      sdk_version: source.sdkVersion,
      occurred_at: said.occurredAt,
      received_at: said.receivedAt,
      clock_skewed: said.clockSkewed,
      properties: said.propertiesJson,
      schema_version: said.schemaVersion,
      event_id_hash: identity.eventIdHash,
      key_hash: identity.keyHash,
      fingerprint: identity.fingerprint,
      payload_hash: identity.payloadHash,
      backfill: said.backfill,
    })),
  };
}
