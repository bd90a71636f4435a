import type { CairnEvent } from './event.js';
import { deriveEventId, fingerprintOf, hashEventId, hashIdempotencyKey, hashPayload } from './identity.js';
import { parseInstant } from './instant.js';
import { isUsualWireEvent } from './isUsualWireEvent.js';
import { CLOCK_AHEAD_MS_MAX } from './limits.js';
import { readProperties } from './readProperties.js';
import { refuseField } from './refuseField.js';
import { isReservedType } from './subjects.js';
import { parseWireEvent } from './wireEventSchema.js';

/** What the door knows about the caller and the moment. */
export interface Admission {
  /** The tenant of an event that names none. */
  tenantId: string;
  mayWriteTo(tenantId: string): boolean;
  /** Epoch milliseconds. */
  receivedAt: number;
}

/**
 * An event as a producer wrote it, made complete, normalised and identified.
 * @throws CairnError with a code of the section «what an event can be wrong about», naming the field and the remedy.
 */
export function admitEvent(input: unknown, admission: Admission): CairnEvent {
  const wire = isUsualWireEvent(input) ? input : parseWireEvent(input);
  const tenantId = wire.actor.tenant_id ?? admission.tenantId;
  if (!admission.mayWriteTo(tenantId)) {
    throw refuseField(
      'tenant_forbidden',
      'actor.tenant_id',
      `is refused: you may not write to the tenant "${tenantId}": leave it out, or use a token of that tenant`,
    );
  }
  if (isReservedType(wire.type)) {
    throw refuseField(
      'reserved_type',
      'type',
      'is reserved: types that begin with "achievement." or "realtime." are Cairn\'s own: choose another first token',
    );
  }
  const properties = readProperties(wire.properties);
  const said = parseInstant(wire.occurred_at) ?? Number.NaN;
  const { occurredAt, clockSkewed } = placeInTime(said, admission.receivedAt);
  const source = {
    platform: wire.source?.platform ?? 'other',
    app: wire.source?.app ?? null,
    ref: wire.source?.ref ?? null,
    sdk: wire.source?.sdk ?? null,
    sdkVersion: wire.source?.sdk_version ?? null,
  } as const;
  const idempotencyKey = wire.idempotency_key ?? null;
  const eventId = wire.event_id ?? (idempotencyKey === null ? missingIdentity() : deriveEventId(tenantId, idempotencyKey));
  const userId = wire.actor.user_id;
  const teamId = wire.actor.team_id ?? null;
  const schemaVersion = wire.schema_version ?? 1;
  return {
    eventId,
    idempotencyKey,
    type: wire.type,
    tenantId,
    userId,
    teamId,
    source,
    occurredAt,
    receivedAt: admission.receivedAt,
    clockSkewed,
    backfill: wire.backfill ?? false,
    propertiesJson: properties.json,
    schemaVersion,
    identity: {
      eventIdHash: hashEventId(eventId),
      keyHash: idempotencyKey === null ? null : hashIdempotencyKey(idempotencyKey),
      fingerprint: source.ref === null ? null : fingerprintOf(userId, wire.type, source.ref),
      // Over what was said, not over what the clock made of it: a retry must hash the same.
      payloadHash: hashPayload({
        type: wire.type,
        tenantId,
        userId,
        teamId,
        platform: source.platform,
        app: source.app,
        ref: source.ref,
        occurredAt: said,
        propertiesCanonical: properties.canonical,
        schemaVersion,
      }),
    },
  };
}

function placeInTime(said: number, receivedAt: number): { occurredAt: number; clockSkewed: boolean } {
  if (said <= receivedAt) return { occurredAt: said, clockSkewed: false };
  if (said - receivedAt > CLOCK_AHEAD_MS_MAX) {
    throw refuseField('occurred_in_future', 'occurred_at', 'lies more than 24 hours ahead of the server: check the clock of the producer');
  }
  return { occurredAt: receivedAt, clockSkewed: true };
}

function missingIdentity(): never {
  throw refuseField(
    'invalid_event',
    'event_id',
    'is missing: send an event_id (a UUIDv7, say) or an idempotency_key, the same on every retry',
  );
}
