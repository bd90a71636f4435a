import { z } from 'zod';
import { CairnError, type ErrorCode, type FieldError } from './errors.js';
import { type CairnEvent, PLATFORMS, type WireEvent } from './event.js';
import { isEventId, isEventType, isTenantId, isUserId, isWellFormed } from './identifiers.js';
import { deriveEventId, fingerprintOf, hashEventId, hashIdempotencyKey, hashPayload } from './identity.js';
import { parseInstant } from './instant.js';
import {
  CLOCK_AHEAD_MS_MAX,
  FORBIDDEN_KEYS,
  IDEMPOTENCY_KEY_CHARACTERS_MAX,
  PROPERTIES_BYTES_MAX,
  PROPERTIES_DEPTH_MAX,
  SOURCE_TEXT_CHARACTERS_MAX,
} from './limits.js';
import { plainIssue } from './plainIssue.js';
import { isReservedType } from './subjects.js';

/** What the door knows about the caller and the moment. */
export interface Admission {
  /** The tenant of an event that names none. */
  tenantId: string;
  mayWriteTo(tenantId: string): boolean;
  /** Epoch milliseconds. */
  receivedAt: number;
}

const sourceText = z.string().max(SOURCE_TEXT_CHARACTERS_MAX).refine(isWellFormed, {
  error: 'holds half of a surrogate pair: send well-formed Unicode',
});

const person = z.string().refine(isUserId, {
  error: 'must be 1 to 128 Unicode characters without control characters',
});

/** The event as it comes in. Unknown fields are refused by name, never dropped. */
export const wireEventSchema = z.strictObject({
  event_id: z.string().refine(isEventId, { error: 'must be 1 to 128 printable characters' }).optional(),
  idempotency_key: z
    .string()
    .min(1)
    .max(IDEMPOTENCY_KEY_CHARACTERS_MAX)
    .refine(isWellFormed, {
      error: 'holds half of a surrogate pair: send well-formed Unicode',
    })
    .optional(),
  type: z.string().refine(isEventType, {
    error: 'must be 2 to 6 lower-case tokens [a-z0-9_]+ joined by dots, such as build.succeeded',
  }),
  actor: z.strictObject({
    user_id: person,
    tenant_id: z.string().refine(isTenantId, { error: 'must match ^[a-z0-9][a-z0-9_-]{0,62}$' }).optional(),
    team_id: person.optional(),
  }),
  source: z
    .strictObject({
      platform: z.enum(PLATFORMS).optional(),
      app: sourceText.optional(),
      ref: sourceText.optional(),
      sdk: sourceText.optional(),
      sdk_version: sourceText.optional(),
    })
    .optional(),
  occurred_at: z.string().refine((text) => parseInstant(text) !== null, {
    error: 'must be an RFC 3339 instant such as 2026-04-12T10:15:00Z',
  }),
  properties: z
    .custom<Record<string, unknown>>(isPlainObject, {
      error: 'must be a JSON object',
    })
    .optional(),
  schema_version: z.int().min(1).max(2_147_483_647).optional(),
});

/**
 * An event as a producer wrote it, made complete, normalised and identified.
 * @throws CairnError with a code of the section «what an event can be wrong about», naming the field and the remedy.
 */
export function admitEvent(input: unknown, admission: Admission): CairnEvent {
  const wire = parseWireEvent(input);
  const tenantId = wire.actor.tenant_id ?? admission.tenantId;
  if (!admission.mayWriteTo(tenantId)) {
    throw refuse(
      'tenant_forbidden',
      'actor.tenant_id',
      `is refused: you may not write to the tenant "${tenantId}": leave it out, or use a token of that tenant`,
    );
  }
  if (isReservedType(wire.type)) {
    throw refuse(
      'reserved_type',
      'type',
      'is reserved: types that begin with "achievement." or "realtime." are Cairn\'s own: choose another first token',
    );
  }
  const properties = wire.properties ?? {};
  const propertiesJson = checkProperties(properties);
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
    propertiesJson,
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
        properties,
        schemaVersion,
      }),
    },
  };
}

function parseWireEvent(input: unknown): WireEvent {
  if (!isPlainObject(input)) throw refuse('invalid_event', '', 'an event must be a JSON object');
  // Before zod looks at it: it would pass over an own key `__proto__`.
  checkKeys(input, '');
  if (isPlainObject(input.actor)) checkKeys(input.actor, 'actor.');
  if (isPlainObject(input.source)) checkKeys(input.source, 'source.');
  const parsed = wireEventSchema.safeParse(input, { error: plainIssue });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => toFieldErrors(issue));
  const unknown = parsed.error.issues.some((issue) => issue.code === 'unrecognized_keys');
  throw new CairnError(unknown ? 'unknown_field' : 'invalid_event', errors.map((error) => `${error.field} ${error.message}`).join('; '), {
    errors,
  });
}

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      message: 'is not a field of an event: put it into properties, or leave it out',
    }));
  }
  return [{ field: path.join('.'), message: issue.message }];
}

function checkKeys(input: Record<string, unknown>, prefix: string): void {
  for (const key of Object.keys(input)) {
    if (FORBIDDEN_KEYS.has(key)) throw refuse('forbidden_key', prefix + key, 'is refused as a key: rename it');
  }
}

/** The JSON text of the properties, once their size, depth and keys are within bounds. */
function checkProperties(properties: Record<string, unknown>): string {
  checkValue(properties, 1, 'properties');
  const json = JSON.stringify(properties);
  if (Buffer.byteLength(json) > PROPERTIES_BYTES_MAX) {
    throw refuse(
      'properties_too_large',
      'properties',
      `is larger than ${PROPERTIES_BYTES_MAX} bytes as JSON: send references instead of contents`,
    );
  }
  return json;
}

function checkValue(value: unknown, depth: number, path: string): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refuse('invalid_event', path, 'is a number outside the range of a double');
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (depth > PROPERTIES_DEPTH_MAX) {
    throw refuse('properties_too_deep', path, `lies deeper than ${PROPERTIES_DEPTH_MAX} levels: flatten it`);
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(item, depth + 1, `${path}[${index}]`);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw refuse('forbidden_key', `${path}.${key}`, 'is refused as a key: rename it');
    checkValue(member, depth + 1, `${path}.${key}`);
  }
}

function placeInTime(said: number, receivedAt: number): { occurredAt: number; clockSkewed: boolean } {
  if (said <= receivedAt) return { occurredAt: said, clockSkewed: false };
  if (said - receivedAt > CLOCK_AHEAD_MS_MAX) {
    throw refuse('occurred_in_future', 'occurred_at', 'lies more than 24 hours ahead of the server: check the clock of the producer');
  }
  return { occurredAt: receivedAt, clockSkewed: true };
}

function missingIdentity(): never {
  throw refuse('invalid_event', 'event_id', 'is missing: send an event_id (a UUIDv7, say) or an idempotency_key, the same on every retry');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function refuse(code: ErrorCode, field: string, message: string): CairnError {
  return new CairnError(code, field === '' ? message : `${field} ${message}`, field === '' ? {} : { errors: [{ field, message }] });
}
