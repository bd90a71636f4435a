import { CairnError } from './errors.js';

/** CloudEvents 1.0 in JSON: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export const CLOUDEVENT_MEDIA_TYPE = 'application/cloudevents+json';
export const CLOUDEVENT_BATCH_MEDIA_TYPE = 'application/cloudevents-batch+json';

/** CloudEvents attribute → field of the event. */
const ATTRIBUTES = {
  id: ['event_id'],
  type: ['type'],
  subject: ['actor', 'user_id'],
  time: ['occurred_at'],
  source: ['source', 'app'],
  data: ['properties'],
  // extensions
  tenantid: ['actor', 'tenant_id'],
  teamid: ['actor', 'team_id'],
  platform: ['source', 'platform'],
  ref: ['source', 'ref'],
  idempotencykey: ['idempotency_key'],
  schemaversion: ['schema_version'],
  backfill: ['backfill'],
} as const satisfies Record<string, readonly string[]>;

/** Attributes that say something about the transport or the tracing, and nothing about the event. */
const TRANSPORT_ATTRIBUTES: ReadonlySet<string> = new Set([
  'specversion',
  'datacontenttype',
  'dataschema',
  'traceparent',
  'tracestate',
  'partitionkey',
  'sequence',
  'sampledrate',
  'recordedtime',
]);

const JSON_MEDIA_TYPE = /^application\/(json|[a-z0-9.+-]+\+json)\s*(;|$)/i;

/**
 * A CloudEvent in structured mode as the JSON object of the event that it stands for. What its fields hold is
 * not checked here but with that of all events, so that they are refused for the same reasons whichever format they come in.
 * @throws CairnError `invalid_cloudevent` or `unknown_field`
 */
export function fromCloudEvent(input: unknown): Record<string, unknown> {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) throw invalid('', 'a CloudEvent must be a JSON object');
  const attributes = input as Record<string, unknown>;
  if (attributes.specversion !== '1.0') throw invalid('specversion', 'must be "1.0"');
  for (const required of ['id', 'source', 'type', 'subject', 'time']) {
    if (typeof attributes[required] !== 'string' || attributes[required] === '') {
      throw invalid(required, `is required and must be a non-empty string${required === 'subject' ? ': it names the user' : ''}`);
    }
  }
  const mediaType = attributes.datacontenttype;
  if (mediaType !== undefined && (typeof mediaType !== 'string' || !JSON_MEDIA_TYPE.test(mediaType))) {
    throw invalid('datacontenttype', 'must be application/json');
  }
  if ('data_base64' in attributes) throw invalid('data_base64', 'is not accepted: send data as a JSON object');
  return assemble(attributes);
}

/** A CloudEvent in binary mode: attributes from the headers (names without `ce-`, lower case), data from the body. */
export function fromBinaryCloudEvent(attributes: ReadonlyMap<string, string>, data: unknown): Record<string, unknown> {
  const event: Record<string, unknown> = Object.fromEntries(attributes);
  if (data !== undefined) event.data = data;
  return fromCloudEvent(event);
}

const CE_HEADER = /^ce-(.+)$/i;

/** The `ce-*` headers, decoded; null where there is no `ce-specversion` and so no CloudEvent in binary mode. */
export function cloudEventAttributes(headers: Iterable<readonly [string, string]>): Map<string, string> | null {
  const attributes = new Map<string, string>();
  for (const [name, value] of headers) {
    const attribute = CE_HEADER.exec(name)?.[1]?.toLowerCase();
    if (attribute !== undefined) attributes.set(attribute, decodeHeaderValue(attribute, value));
  }
  return attributes.has('specversion') ? attributes : null;
}

/** Header values are percent-encoded UTF-8. Source: CloudEvents HTTP binding 1.0.2, section 3.1.3.2. */
function decodeHeaderValue(attribute: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new CairnError('invalid_cloudevent', `ce-${attribute} is not percent-encoded UTF-8`, { cause });
  }
}

function assemble(attributes: Record<string, unknown>): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (TRANSPORT_ATTRIBUTES.has(name) || value === undefined || value === null) continue;
    if (!Object.hasOwn(ATTRIBUTES, name)) {
      throw new CairnError('unknown_field', `${name} is not an attribute that Cairn knows: put it into data, or leave it out`, {
        errors: [{ field: name, message: 'is not an attribute that Cairn knows' }],
      });
    }
    place(event, ATTRIBUTES[name as keyof typeof ATTRIBUTES], readValue(name, value));
  }
  return event;
}

/** A header holds text alone: what it says in another type is taken for that. */
function readValue(name: string, value: unknown): unknown {
  if (name === 'schemaversion') return Number(value);
  if (name === 'backfill' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function place(event: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, second] = path;
  if (first === undefined) return;
  if (second === undefined) {
    event[first] = value;
    return;
  }
  const inner = (event[first] ?? {}) as Record<string, unknown>;
  inner[second] = value;
  event[first] = inner;
}

function invalid(field: string, message: string): CairnError {
  return new CairnError(
    'invalid_cloudevent',
    field === '' ? message : `${field} ${message}`,
    field === '' ? {} : { errors: [{ field, message }] },
  );
}
