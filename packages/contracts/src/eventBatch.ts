import { AvroReader } from './AvroReader.js';
import { AvroWriter, LONG_BYTES_MAX, stringBytesMax } from './AvroWriter.js';
import { AvroCodec } from './avroRegistry.js';
import { CairnError } from './errors.js';
import type { CairnEvent, Platform } from './event.js';
import { PackedIdentity } from './PackedIdentity.js';

/** An entry of the log that holds events: all of one tenant and one partition. */
export interface EventBatch {
  tenantId: string;
  events: CairnEvent[];
}

const codec = new AvroCodec<never>('log-event-batch');

const HASH_BYTES = 16;
/** Since when an event says whether it is told long after it happened. */
const BACKFILL_VERSION = 2;
/** Of an event that says nothing, in the first version: each of its nineteen fields takes a byte at least, and two of them are hashes. */
const EVENT_BYTES_MIN = 17 + 2 * HASH_BYTES;

/** What the fields of an event take that are no texts. */
const NUMBERS_AND_HASHES_BYTES_MAX = 3 * LONG_BYTES_MAX + 2 + 4 * (1 + HASH_BYTES);

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

/**
 * Read field by field, as it was written in any version of the schema.
 * @throws CairnError `undecodable_entry`; `newer_entry` for what a newer Cairn wrote
 */
export function decodeEventBatch(bytes: Uint8Array): EventBatch {
  const { buffer, version } = codec.open(bytes);
  const reader = new AvroReader(buffer, codec.header.length);
  try {
    const tenantId = reader.name();
    const events = reader.array(EVENT_BYTES_MIN, () => readEvent(tenantId, reader, version));
    if (!reader.isAtEnd) throw new RangeError('something stands behind the last event');
    return { tenantId, events };
  } catch (cause) {
    throw new CairnError('undecodable_entry', 'the bytes do not follow their Avro schema', { cause });
  }
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
  writer.boolean(event.backfill);
}

/** The fields stand in the order of the schema. */
function readEvent(tenantId: string, reader: AvroReader, version: number): CairnEvent {
  const event = {
    eventId: reader.string(),
    idempotencyKey: reader.optionalString(),
    type: reader.name(),
    tenantId,
    userId: reader.name(),
    teamId: reader.optionalName(),
    source: {
      platform: reader.name() as Platform,
      app: reader.optionalName(),
      ref: reader.optionalName(),
      sdk: reader.optionalName(),
      sdkVersion: reader.optionalName(),
    },
    occurredAt: reader.long(),
    receivedAt: reader.long(),
    clockSkewed: reader.boolean(),
    propertiesJson: reader.string(),
    schemaVersion: reader.long(),
    identity: new PackedIdentity(reader.bytes, {
      eventId: reader.passOver(HASH_BYTES),
      key: reader.passOverOptional(HASH_BYTES),
      fingerprint: reader.passOverOptional(HASH_BYTES),
      payload: reader.passOver(HASH_BYTES),
    }),
    backfill: false,
  };
  if (version >= BACKFILL_VERSION) event.backfill = reader.boolean();
  return event;
}
