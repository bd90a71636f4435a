import { AvroWriter, LONG_BYTES_MAX, stringBytesMax } from './AvroWriter.js';
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

/** What the fields of an event take that are no texts. */
const NUMBERS_AND_HASHES_BYTES_MAX = 3 * LONG_BYTES_MAX + 1 + 4 * (1 + 16);

/** The single-object encoding, as `log-event-batch.avsc` has it: written field by field, in half the time of a general encoder. */
export function encodeEventBatch({ tenantId, events }: EventBatch): Buffer {
  let bytesMax = codec.header.length + stringBytesMax(tenantId) + 2 * LONG_BYTES_MAX;
  for (const event of events) bytesMax += eventBytesMax(event);
  const writer = new AvroWriter(bytesMax);
  writer.fixed(codec.header);
  writer.string(tenantId);
  // One block of items, and a block of none that ends the array.
  if (events.length > 0) writer.long(events.length);
  for (const event of events) writeEvent(writer, event);
  writer.long(0);
  return writer.bytes;
}

/** @throws CairnError `undecodable_entry` */
export function decodeEventBatch(bytes: Uint8Array): EventBatch {
  const { tenant_id: tenantId, events } = codec.decode(bytes);
  return { tenantId, events: events.map((event) => fromAvro(tenantId, event)) };
}

function eventBytesMax({ eventId, idempotencyKey, type, userId, teamId, source, propertiesJson }: CairnEvent): number {
  const names = stringBytesMax(eventId) + stringBytesMax(idempotencyKey) + stringBytesMax(type);
  const people = stringBytesMax(userId) + stringBytesMax(teamId);
  const { platform, app, ref, sdk, sdkVersion } = source;
  const origin = stringBytesMax(platform) + stringBytesMax(app) + stringBytesMax(ref) + stringBytesMax(sdk) + stringBytesMax(sdkVersion);
  return NUMBERS_AND_HASHES_BYTES_MAX + names + people + origin + stringBytesMax(propertiesJson);
}

/** The fields stand in the order of the schema. */
function writeEvent(writer: AvroWriter, event: CairnEvent): void {
  const { source, identity } = event;
  writer.string(event.eventId);
  writer.optionalString(event.idempotencyKey);
  writer.string(event.type);
  writer.string(event.userId);
  writer.optionalString(event.teamId);
  writer.string(source.platform);
  writer.optionalString(source.app);
  writer.optionalString(source.ref);
  writer.optionalString(source.sdk);
  writer.optionalString(source.sdkVersion);
  writer.long(event.occurredAt);
  writer.long(event.receivedAt);
  writer.boolean(event.clockSkewed);
  writer.string(event.propertiesJson);
  writer.long(event.schemaVersion);
  writer.fixed(identity.eventIdHash);
  writer.optionalFixed(identity.keyHash);
  writer.optionalFixed(identity.fingerprint);
  writer.fixed(identity.payloadHash);
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
