import {
  AVRO_MEDIA_TYPE,
  admitEvent,
  type CairnEvent,
  CLOUDEVENT_MEDIA_TYPE,
  cloudEventAttributes,
  DEFAULT_TENANT_ID,
  decodeProducerAvro,
  fromBinaryCloudEvent,
  fromCloudEvent,
  isCairnError,
} from '@cairn/contracts';
import type { NatsCase } from './FuzzCases.js';

/** The event that a message holds; null where it holds none, so that it has to come to the dead letters. */
export function readMessage({ headers, data }: NatsCase): CairnEvent | null {
  try {
    const wire = wireOf(headers, data);
    return admitEvent(wire, {
      tenantId: DEFAULT_TENANT_ID,
      mayWriteTo: (tenantId) => tenantId === DEFAULT_TENANT_ID,
      receivedAt: Date.now(),
    });
  } catch (error) {
    if (isCairnError(error) || error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function wireOf(headers: Record<string, string>, data: Buffer): unknown {
  const mediaType = (headers['Content-Type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === AVRO_MEDIA_TYPE) return decodeProducerAvro(data, headers['Avro-Fingerprint'] ?? '');
  if (mediaType === CLOUDEVENT_MEDIA_TYPE) return fromCloudEvent(jsonOf(data));
  if (mediaType !== '' && mediaType !== 'application/json') throw new TypeError('this is not read');
  const attributes = cloudEventAttributes(Object.entries(headers));
  if (attributes === null) return jsonOf(data);
  return fromBinaryCloudEvent(attributes, data.length === 0 ? undefined : jsonOf(data));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws SyntaxError, TypeError */
function jsonOf(data: Buffer): unknown {
  return JSON.parse(utf8.decode(data));
}
