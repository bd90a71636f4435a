import { AvroCodec } from './avroRegistry.js';
import { CairnError } from './errors.js';
import { formatInstant, isInstant } from './instant.js';

interface AvroProducerEvent {
  event_id: string | null;
  idempotency_key: string | null;
  type: string;
  actor: { user_id: string; tenant_id: string | null; team_id: string | null };
  source: {
    platform: string | null;
    app: string | null;
    ref: string | null;
    sdk: string | null;
    sdk_version: string | null;
  } | null;
  occurred_at: number;
  properties: string | null;
  schema_version: number;
  backfill: boolean;
}

const codec = new AvroCodec<AvroProducerEvent>('event');

export const AVRO_MEDIA_TYPE = 'avro/binary';

/** The fingerprints that the header `Avro-Fingerprint` may name. */
export function producerSchemaFingerprints(): string[] {
  return codec.fingerprints;
}

/**
 * An event that came as avro/binary, as the JSON object it stands for; what it says is checked at the same door as JSON.
 * @throws CairnError `unknown_schema` or `invalid_avro`
 */
export function decodeProducerAvro(bytes: Uint8Array, fingerprint: string): Record<string, unknown> {
  const event = codec.decodeBare(bytes, fingerprint);
  if (!isInstant(event.occurred_at)) {
    throw new CairnError('invalid_avro', 'occurred_at must be milliseconds since 1970 within the years 0001 to 9999', {
      errors: [{ field: 'occurred_at', message: 'is out of range' }],
    });
  }
  return withoutNulls({
    event_id: event.event_id,
    idempotency_key: event.idempotency_key,
    type: event.type,
    actor: withoutNulls(event.actor),
    source: event.source === null ? null : withoutNulls(event.source),
    occurred_at: formatInstant(event.occurred_at),
    properties: event.properties === null ? null : parseProperties(event.properties),
    schema_version: event.schema_version,
    backfill: event.backfill,
  });
}

function parseProperties(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CairnError('invalid_avro', 'properties must be a JSON object as text', {
      errors: [{ field: 'properties', message: 'is not JSON' }],
      cause,
    });
  }
}

function withoutNulls(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
