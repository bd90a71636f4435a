import { z } from 'zod';
import { CairnError, type FieldError } from './errors.js';
import { PLATFORMS, type WireEvent } from './event.js';
import { isEventId, isEventType, isTenantId, isUserId, isWellFormed } from './identifiers.js';
import { parseInstant } from './instant.js';
import { isJsonObject } from './isJsonObject.js';
import { FORBIDDEN_KEYS, IDEMPOTENCY_KEY_CHARACTERS_MAX, SOURCE_TEXT_CHARACTERS_MAX } from './limits.js';
import { plainIssue } from './plainIssue.js';
import { refuseField } from './refuseField.js';

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
    .custom<Record<string, unknown>>(isJsonObject, {
      error: 'must be a JSON object',
    })
    .optional(),
  schema_version: z.int().min(1).max(2_147_483_647).optional(),
  backfill: z.boolean().optional(),
});

/** What any input says as an event, or all that is wrong with it. @throws CairnError */
export function parseWireEvent(input: unknown): WireEvent {
  if (!isJsonObject(input)) throw refuseField('invalid_event', '', 'an event must be a JSON object');
  // Before zod looks at it: it would pass over an own key `__proto__`.
  checkKeys(input, '');
  if (isJsonObject(input.actor)) checkKeys(input.actor, 'actor.');
  if (isJsonObject(input.source)) checkKeys(input.source, 'source.');
  const parsed = wireEventSchema.safeParse(input, { error: plainIssue });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => toFieldErrors(issue));
  const unknown = parsed.error.issues.some((issue) => issue.code === 'unrecognized_keys');
  throw new CairnError(unknown ? 'unknown_field' : 'invalid_event', errors.map((error) => `${error.field} ${error.message}`).join('; '), {
    errors,
  });
}

function checkKeys(input: Record<string, unknown>, prefix: string): void {
  for (const key of Object.keys(input)) {
    if (FORBIDDEN_KEYS.has(key)) throw refuseField('forbidden_key', prefix + key, 'is refused as a key: rename it');
  }
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
