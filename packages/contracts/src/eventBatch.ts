import { AvroCodec } from './avroRegistry.js';
import type { CairnEvent, Platform } from './event.js';

/** An entry of the log that holds events: all of one tenant and one partition. */
export interface EventBatch {
  tenantId: string;
  events: CairnEvent[];
}

interface AvroEvent {
  event_id: string;
  idempotency_key: string | null;
  type: string;
  user_id: string;
  team_id: string | null;
  platform: string;
  app: string | null;
  ref: string | null;
  sdk: string | null;
  sdk_version: string | null;
  occurred_at: number;
  received_at: number;
  clock_skewed: boolean;
  properties: string;
  schema_version: number;
  event_id_hash: Buffer;
  key_hash: Buffer | null;
  fingerprint: Buffer | null;
  payload_hash: Buffer;
}

const codec = new AvroCodec<{ tenant_id: string; events: AvroEvent[] }>('log-event-batch');

export function encodeEventBatch(batch: EventBatch): Buffer {
  return codec.encode({
    tenant_id: batch.tenantId,
    events: batch.events.map(toAvro),
  });
}

/** @throws CairnError `undecodable_entry` */
export function decodeEventBatch(bytes: Uint8Array): EventBatch {
  const { tenant_id: tenantId, events } = codec.decode(bytes);
  return { tenantId, events: events.map((event) => fromAvro(tenantId, event)) };
}

function toAvro(event: CairnEvent): AvroEvent {
  return {
    event_id: event.eventId,
    idempotency_key: event.idempotencyKey,
    type: event.type,
    user_id: event.userId,
    team_id: event.teamId,
    platform: event.source.platform,
    app: event.source.app,
    ref: event.source.ref,
    sdk: event.source.sdk,
    sdk_version: event.source.sdkVersion,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    clock_skewed: event.clockSkewed,
    properties: event.propertiesJson,
    schema_version: event.schemaVersion,
    event_id_hash: event.identity.eventIdHash,
    key_hash: event.identity.keyHash,
    fingerprint: event.identity.fingerprint,
    payload_hash: event.identity.payloadHash,
  };
}

function fromAvro(tenantId: string, event: AvroEvent): CairnEvent {
  return {
    eventId: event.event_id,
    idempotencyKey: event.idempotency_key,
    type: event.type,
    tenantId,
    userId: event.user_id,
    teamId: event.team_id,
    source: {
      platform: event.platform as Platform,
      app: event.app,
      ref: event.ref,
      sdk: event.sdk,
      sdkVersion: event.sdk_version,
    },
    occurredAt: event.occurred_at,
    receivedAt: event.received_at,
    clockSkewed: event.clock_skewed,
    propertiesJson: event.properties,
    schemaVersion: event.schema_version,
    identity: {
      eventIdHash: event.event_id_hash,
      keyHash: event.key_hash,
      fingerprint: event.fingerprint,
      payloadHash: event.payload_hash,
    },
  };
}
