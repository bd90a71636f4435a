import { PLATFORMS, type WireEvent } from './event.js';
import { isEventType, isTenantId } from './identifiers.js';
import { parseInstant } from './instant.js';
import { isJsonObject } from './isJsonObject.js';
import { IDEMPOTENCY_KEY_CHARACTERS_MAX, SOURCE_TEXT_CHARACTERS_MAX } from './limits.js';

/** ASCII without control characters: whatever else a text may hold, it may hold that. */
const ASCII = /^[ -~]+$/;
const NAME_CHARACTERS_MAX = 128;
const SCHEMA_VERSION_MAX = 2_147_483_647;
const platforms: ReadonlySet<unknown> = new Set(PLATFORMS);

/**
 * Whether the input is an event as most are: then it is one by `wireEventSchema` too, which takes ten times as long to say so.
 * What is not usual may still be an event: the schema has the last word, and the words for what is wrong.
 */
export function isUsualWireEvent(input: unknown): input is WireEvent {
  if (!isJsonObject(input)) return false;
  const fields =
    required(input.type, isType) +
    required(input.actor, isActor) +
    required(input.occurred_at, isOccurredAt) +
    optional(input.event_id, isName) +
    optional(input.idempotency_key, isKey) +
    optional(input.source, isSource) +
    optional(input.properties, isJsonObject) +
    optional(input.schema_version, isVersion) +
    optional(input.backfill, isBoolean);
  return fields === Object.keys(input).length;
}

/**
 * What a field adds to the count of those that are good. Compared with how many there are, the sum tells at once of wrong ones,
 * of unknown ones, and of those that are inherited or there without a value.
 */
function required(value: unknown, isGood: (value: unknown) => boolean): number {
  return isGood(value) ? 1 : Number.NaN;
}

function optional(value: unknown, isGood: (value: unknown) => boolean): number {
  return value === undefined ? 0 : required(value, isGood);
}

function isActor(actor: unknown): boolean {
  if (!isJsonObject(actor)) return false;
  const fields = required(actor.user_id, isName) + optional(actor.tenant_id, isTenant) + optional(actor.team_id, isName);
  return fields === Object.keys(actor).length;
}

function isSource(source: unknown): boolean {
  if (!isJsonObject(source)) return false;
  const fields =
    optional(source.platform, isPlatform) +
    optional(source.app, isSourceText) +
    optional(source.ref, isSourceText) +
    optional(source.sdk, isSourceText) +
    optional(source.sdk_version, isSourceText);
  return fields === Object.keys(source).length;
}

function isAscii(text: unknown, charactersMax: number): boolean {
  return typeof text === 'string' && text.length <= charactersMax && ASCII.test(text);
}

function isName(name: unknown): boolean {
  return isAscii(name, NAME_CHARACTERS_MAX);
}

function isKey(key: unknown): boolean {
  return isAscii(key, IDEMPOTENCY_KEY_CHARACTERS_MAX);
}

function isSourceText(text: unknown): boolean {
  return isAscii(text, SOURCE_TEXT_CHARACTERS_MAX);
}

function isType(type: unknown): boolean {
  return typeof type === 'string' && isEventType(type);
}

function isTenant(tenantId: unknown): boolean {
  return typeof tenantId === 'string' && isTenantId(tenantId);
}

function isPlatform(platform: unknown): boolean {
  return platforms.has(platform);
}

function isOccurredAt(text: unknown): boolean {
  return typeof text === 'string' && parseInstant(text) !== null;
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isVersion(version: unknown): boolean {
  return Number.isInteger(version) && Number(version) >= 1 && Number(version) <= SCHEMA_VERSION_MAX;
}
