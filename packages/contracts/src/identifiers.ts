/** The forms of the names that the outside uses (contract, section 1). */

export const TENANT_ID_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const SLUG_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const EVENT_TYPE_PATTERN = /^[a-z0-9_]+(\.[a-z0-9_]+){1,5}$/;

const USER_ID_CHARACTERS_MAX = 128;
const EVENT_ID_CHARACTERS_MAX = 128;
const EVENT_TYPE_CHARACTERS_MAX = 255;

/** The tenant of a single-tenant install. */
export const DEFAULT_TENANT_ID = 'default';

const CONTROL_CHARACTER = /\p{Cc}/u;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** Separators of lines and paragraphs, unassigned format controls and the like are not printable. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export function isTenantId(text: string): boolean {
  return TENANT_ID_PATTERN.test(text);
}

export function isSlug(text: string): boolean {
  return SLUG_PATTERN.test(text);
}

export function isEventType(text: string): boolean {
  return text.length <= EVENT_TYPE_CHARACTERS_MAX && EVENT_TYPE_PATTERN.test(text);
}

/** 1–128 Unicode characters (code points), no control characters, and nothing that UTF-8 cannot carry. */
export function isUserId(text: string): boolean {
  return isCountOfCharacters(text, USER_ID_CHARACTERS_MAX) && !CONTROL_CHARACTER.test(text) && !LONE_SURROGATE.test(text);
}

/** 1–128 printable characters. */
export function isEventId(text: string): boolean {
  return isCountOfCharacters(text, EVENT_ID_CHARACTERS_MAX) && !LONE_SURROGATE.test(text) && !UNPRINTABLE.test(text);
}

/** Whether UTF-8 can carry the text as it is: a lone surrogate would come back as another character. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

function isCountOfCharacters(text: string, charactersMax: number): boolean {
  if (text.length === 0 || text.length > charactersMax * 2) return false;
  if (text.length <= charactersMax) return true;
  let characters = 0;
  for (const _ of text) characters++;
  return characters <= charactersMax;
}
