import {
  AVRO_MEDIA_TYPE,
  CairnError,
  CLOUDEVENT_MEDIA_TYPE,
  cloudEventAttributes,
  decodeProducerAvro,
  fromBinaryCloudEvent,
  fromCloudEvent,
  HEADER,
} from '@cairn/contracts';
import { parseJson } from '@cairn/runtime';
import type { MsgHdrs } from '@nats-io/transport-node';
import { parseMediaType } from '../parseMediaType.js';
import { headerEntries } from './headerEntries.js';

/**
 * The JSON object of the event in a message: plain JSON, Avro, or CloudEvents structured or binary.
 * @throws CairnError `invalid_json`, `invalid_avro`, `unknown_schema`, `invalid_cloudevent`, `unsupported_media_type`
 */
export function readMessage(data: Uint8Array, headers: MsgHdrs | undefined): unknown {
  const entries = headerEntries(headers);
  const headerOf = (name: string): string | undefined => entries.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
  const mediaType = parseMediaType(headerOf(HEADER.contentType));
  switch (mediaType) {
    case AVRO_MEDIA_TYPE:
      return decodeProducerAvro(data, headerOf(HEADER.avroFingerprint) ?? missingFingerprint());
    case CLOUDEVENT_MEDIA_TYPE:
      return fromCloudEvent(parseJson(data));
    case null:
    case 'application/json': {
      const attributes = cloudEventAttributes(entries);
      if (attributes === null) return parseJson(data);
      return fromBinaryCloudEvent(attributes, data.length === 0 ? undefined : parseJson(data));
    }
    default:
      throw new CairnError(
        'unsupported_media_type',
        `${mediaType} is not read here: send application/json, ${AVRO_MEDIA_TYPE} or ${CLOUDEVENT_MEDIA_TYPE}`,
      );
  }
}

function missingFingerprint(): never {
  throw new CairnError(
    'unknown_schema',
    `${AVRO_MEDIA_TYPE} needs the header ${HEADER.avroFingerprint}: the fingerprint of the writer's schema`,
  );
}
