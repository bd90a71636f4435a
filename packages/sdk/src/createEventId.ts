const RANDOM_BYTES = 10;

/**
 * A UUIDv7 (RFC 9562, section 5.7): it begins with the milliseconds, so that ids sort by the time they were made at.
 * Good for `event_id`: the same on every retry, because it is made before the first attempt.
 */
export function createEventId(nowMs: number = Date.now()): string {
  const random = globalThis.crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0');
  const variant = (((random[1] ?? 0) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}
