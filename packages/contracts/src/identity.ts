import { hash } from 'node:crypto';
import type { Platform } from './event.js';

/** Bytes of an identity hash: half a SHA-256 is enough against accidents within a tenant, and fits a `uuid` column. */
const HASH_BYTES = 16;
const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function hash16(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(HASH_BYTES);
  // As text of a character a byte: a buffer from there would be one of its own, which costs more than the hash.
  bytes.write(hash('sha256', text, 'binary'), 0, HASH_BYTES, 'latin1');
  return bytes;
}

/** A UUID stands for itself, so that the time-ordered ones of the SDKs stay ordered in the index; anything else is hashed. */
export function hashEventId(eventId: string): Buffer {
  return CANONICAL_UUID.test(eventId) ? Buffer.from(eventId.replaceAll('-', ''), 'hex') : hash16(`event_id\u0000${eventId}`);
}

export function hashIdempotencyKey(key: string): Buffer {
  return hash16(`idempotency_key\u0000${key}`);
}

/** SHA-256 over (user_id, type, source.ref); none of the first two can contain the separator. */
export function fingerprintOf(userId: string, type: string, ref: string): Buffer {
  return hash16(`${userId}\u0000${type}\u0000${ref}`);
}

/** The event id of an event that came with an idempotency key alone: the same on every retry. */
export function deriveEventId(tenantId: string, idempotencyKey: string): string {
  return formatUuid(hash16(`derived\u0000${tenantId}\u0000${idempotencyKey}`), 8);
}

/** What an unlock is unique by: who holds it, and what. */
export type UnlockIdKey = { tenantId: string; slug: string; level: string | null; period: string | null } & (
  | { userId: string }
  | { teamId: string }
);

/** The unlock's id is derived from its key, so that every rebuild gives the same; a team's differs from that of a user of the same name. */
export function deriveUnlockId(key: UnlockIdKey): string {
  const holder = 'userId' in key ? ['unlock', key.tenantId, key.userId] : ['team_unlock', key.tenantId, key.teamId];
  return formatUuid(hash16([...holder, key.slug, key.level ?? '', key.period ?? ''].join('\u0000')), 8);
}

/** The id of an entry of the XP ledger, from the entry's key within the user. */
export function deriveXpEntryId(tenantId: string, userId: string, entryKey: string): string {
  return formatUuid(hash16(['xp', tenantId, userId, entryKey].join('\u0000')), 8);
}

/** What the producer said, without its identifiers and without what names the SDK: a retry may differ in those. */
export interface Payload {
  app: string | null;
  occurredAt: number;
  platform: Platform;
  propertiesCanonical: string;
  ref: string | null;
  schemaVersion: number;
  teamId: string | null;
  tenantId: string;
  type: string;
  userId: string;
}

export function hashPayload(payload: Payload): Buffer {
  return hash16(payloadText(payload));
}

/** As canonical JSON: the fields stand in its order. */
export function payloadText(payload: Payload): string {
  const { app, occurredAt, platform, propertiesCanonical, ref, schemaVersion, teamId, tenantId, type, userId } = payload;
  const source = `"app":${quote(app)},"occurredAt":${occurredAt},"platform":"${platform}"`;
  const content = `"properties":${propertiesCanonical},"ref":${quote(ref)},"schemaVersion":${schemaVersion}`;
  const actor = `"teamId":${quote(teamId)},"tenantId":"${tenantId}","type":"${type}","userId":${quote(userId)}`;
  return `{${source},${content},${actor}}`;
}

function quote(text: string | null): string {
  return text === null ? 'null' : JSON.stringify(text);
}

/** 16 bytes as a UUID of the given version (8: of our own making). Source: RFC 9562, section 5.8. */
function formatUuid(bytes: Buffer, version: number): string {
  const copy = Buffer.from(bytes);
  copy.writeUInt8((copy.readUInt8(6) & 0x0f) | (version << 4), 6);
  copy.writeUInt8((copy.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = copy.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
