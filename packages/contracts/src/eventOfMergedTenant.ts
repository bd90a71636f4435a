import type { CairnEvent } from './event.js';
import { hashEventId, hashIdempotencyKey } from './identity.js';

/** Of an event id, in characters. */
const EVENT_ID_CHARACTERS_MAX = 128;

/** Whose event it becomes. */
export interface EventTaker {
  tenantId: string;
  userId: string;
}

/**
 * The event as one of the tenant that its own was merged into. What it is known by there tells the tenant that it came from, since both
 * may have used the same ids; one deed of one person that both were told of keeps its fingerprint, and counts once.
 */
export function eventOfMergedTenant(event: CairnEvent, { tenantId, userId }: EventTaker): CairnEvent {
  const { fingerprint, payloadHash } = event.identity;
  const eventId = eventIdInMergedTenant(event.tenantId, event.eventId);
  const key = event.idempotencyKey === null ? null : `${event.tenantId}:${event.idempotencyKey}`;
  const keyHash = key === null ? null : hashIdempotencyKey(key);
  return {
    ...event,
    tenantId,
    userId,
    eventId,
    idempotencyKey: key,
    identity: { eventIdHash: hashEventId(eventId), keyHash, fingerprint, payloadHash },
  };
}

/** The id that an event of a tenant has in the one that its own was merged into. */
export function eventIdInMergedTenant(tenantId: string, eventId: string): string {
  const whole = `${tenantId}:${eventId}`;
  return whole.length <= EVENT_ID_CHARACTERS_MAX ? whole : `${tenantId}:${hashEventId(eventId).toString('hex')}`;
}
