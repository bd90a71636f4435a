import {
  BATCH_EVENTS_MAX,
  CairnError,
  CLOUDEVENT_BATCH_MEDIA_TYPE,
  CLOUDEVENT_MEDIA_TYPE,
  cloudEventAttributes,
  fromBinaryCloudEvent,
  fromCloudEvent,
} from '@cairn/contracts';
import { parseJson } from '@cairn/runtime';
import { parseMediaType } from '../parseMediaType.js';

/** What a request asks to take in, before anything in it has been looked at. */
export interface Submission {
  kind: 'single' | 'batch';
  /** Each as JSON.parse gave it. */
  inputs: unknown[];
  /** Turns one of them into the JSON object of an event. @throws CairnError */
  toEvent(input: unknown): unknown;
}

export const JSON_MEDIA_TYPE = 'application/json';

/**
 * Tells the forms apart in which events come over HTTP: plain JSON, and CloudEvents structured, binary and batch.
 * @throws CairnError `unsupported_media_type`, `invalid_json`, `batch_empty`, `batch_too_large`, `invalid_cloudevent`
 */
export function readSubmission(headers: Headers, body: Buffer): Submission {
  const mediaType = parseMediaType(headers.get('Content-Type')) ?? JSON_MEDIA_TYPE;
  switch (mediaType) {
    case CLOUDEVENT_MEDIA_TYPE:
      return { kind: 'single', inputs: [parseJson(body)], toEvent: fromCloudEvent };
    case CLOUDEVENT_BATCH_MEDIA_TYPE:
      return { kind: 'batch', inputs: boundedBatch(parseJson(body)), toEvent: fromCloudEvent };
    case JSON_MEDIA_TYPE: {
      const attributes = cloudEventAttributes(headers.entries());
      return attributes === null ? readPlainSubmission(body) : binaryCloudEvent(attributes, body);
    }
    default:
      throw new CairnError(
        'unsupported_media_type',
        `${mediaType} is not read here: send ${JSON_MEDIA_TYPE}, ${CLOUDEVENT_MEDIA_TYPE} or ${CLOUDEVENT_BATCH_MEDIA_TYPE}`,
      );
  }
}

/**
 * An event or an array of them, as plain JSON.
 * @throws CairnError `invalid_json`, `batch_empty`, `batch_too_large`
 */
export function readPlainSubmission(body: Buffer): Submission {
  const input = parseJson(body);
  return Array.isArray(input)
    ? { kind: 'batch', inputs: boundedBatch(input), toEvent: asItIs }
    : { kind: 'single', inputs: [input], toEvent: asItIs };
}

function binaryCloudEvent(attributes: Map<string, string>, body: Buffer): Submission {
  const data = body.length === 0 ? undefined : parseJson(body);
  return { kind: 'single', inputs: [data], toEvent: (input) => fromBinaryCloudEvent(attributes, input) };
}

function boundedBatch(input: unknown): unknown[] {
  if (!Array.isArray(input)) throw new CairnError('invalid_cloudevent', 'a batch of CloudEvents must be a JSON array');
  if (input.length === 0) throw new CairnError('batch_empty', 'the array holds no event: send 1 to 1000');
  if (input.length > BATCH_EVENTS_MAX) {
    throw new CairnError('batch_too_large', `the array holds ${input.length} events: send at most ${BATCH_EVENTS_MAX} at a time`);
  }
  return input;
}

function asItIs(input: unknown): unknown {
  return input;
}
