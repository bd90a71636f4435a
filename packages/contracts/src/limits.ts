/** Bounds at the doors. Each has a name, and each refusal says which one it met. */

export const PROPERTIES_BYTES_MAX = 8 * 1024;
export const PROPERTIES_DEPTH_MAX = 4;
export const BATCH_EVENTS_MAX = 1000;
/** One event over any door, envelope included. */
export const EVENT_BYTES_MAX = 64 * 1024;
/** A batch of 1,000 events of the largest usual size. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** How far ahead of the server `occurred_at` may lie before the event is refused. */
export const CLOCK_AHEAD_MS_MAX = 24 * 60 * 60 * 1000;
export const IDEMPOTENCY_KEY_CHARACTERS_MAX = 255;
export const SOURCE_TEXT_CHARACTERS_MAX = 512;
/** The newest events that an unlock names as its evidence. */
export const EVIDENCE_EVENTS_MAX = 20;
/** Keys that would reach an object's prototype. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
