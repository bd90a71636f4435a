import type { CairnEvent } from '../event.js';
import { decodeEventBatch, type EventBatch } from '../eventBatch.js';

/** A decoded entry, to be compared: each event with its hashes as it has them when it comes in, not where they lie in the entry. */
export function decodeUnpacked(bytes: Uint8Array): EventBatch {
  const { tenantId, events } = decodeEventBatch(bytes);
  return { tenantId, events: events.map(unpack) };
}

function unpack(event: CairnEvent): CairnEvent {
  const { eventIdHash, keyHash, fingerprint, payloadHash } = event.identity;
  return { ...event, identity: { eventIdHash, keyHash, fingerprint, payloadHash } };
}
