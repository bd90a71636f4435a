import type { CairnEvent } from './event.js';

/** Nobody's: the id of a user has a character at least. */
const NOBODY = '';
const NO_HASH = Buffer.alloc(16);

/**
 * What is left of an event in its entry of the log: its place, so that those behind it keep theirs; and of one that was taken,
 * the hashes by which a repetition is known, so that none ever counts as new. It says neither whose it was nor what it said.
 */
export function eraseEvent(event: CairnEvent, { keepsIdentity }: { keepsIdentity: boolean }): CairnEvent {
  const { eventIdHash, keyHash, payloadHash } = event.identity;
  return {
    eventId: '',
    idempotencyKey: null,
    type: '',
    tenantId: event.tenantId,
    userId: NOBODY,
    teamId: null,
    source: { platform: 'other', app: null, ref: null, sdk: null, sdkVersion: null },
    occurredAt: 0,
    receivedAt: 0,
    clockSkewed: false,
    backfill: false,
    propertiesJson: '{}',
    schemaVersion: 1,
    identity: keepsIdentity
      ? { eventIdHash, keyHash, fingerprint: null, payloadHash }
      : { eventIdHash: NO_HASH, keyHash: null, fingerprint: null, payloadHash: NO_HASH },
  };
}

export function isErasedEvent({ userId }: CairnEvent): boolean {
  return userId === NOBODY;
}

/** Whether an erased event had been taken: the others leave a gap and nothing else. */
export function keepsIdentity({ identity }: CairnEvent): boolean {
  return !identity.eventIdHash.equals(NO_HASH);
}
