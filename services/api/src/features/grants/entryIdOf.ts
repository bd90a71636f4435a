import { createHash, randomUUID } from 'node:crypto';

/** The id of a control entry and of its audit: the same for every request under one idempotency key. */
export function entryIdOf(of: { tenantId: string; action: string; idempotencyKey: string | null }): string {
  if (of.idempotencyKey === null) return randomUUID();
  const hash = createHash('sha256').update([of.tenantId, of.action, of.idempotencyKey].join('\u0000')).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
