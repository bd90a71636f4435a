import type { Uuid } from './binaryArrays.js';

/** The text that PostgreSQL gives for a UUID. */
export function uuidText(uuid: Uuid): string {
  const hex = typeof uuid === 'string' ? uuid.replaceAll('-', '').toLowerCase() : Buffer.from(uuid).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
