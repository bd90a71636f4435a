import { admitEvent } from './admission.js';
import { CairnError } from './errors.js';
import type { CairnEvent } from './event.js';
import { isJsonObject } from './isJsonObject.js';
import { toWireEvent } from './toWireEvent.js';

/**
 * An event of the log as it lies in the dead letters: JSON that a person can read. The moment of its receipt and the hash of what its
 * producer said are not in there, and stand in a header: with both, a redrive makes the very same event of it.
 */
export function encodeLetteredEvent(event: CairnEvent): Buffer {
  return Buffer.from(JSON.stringify(toWireEvent(event)));
}

/** For the header `Cairn-Origin-Admission`. */
export function originAdmissionOf(event: CairnEvent): string {
  const { receivedAt, clockSkewed, identity } = event;
  return JSON.stringify({ received_at: receivedAt, clock_skewed: clockSkewed, payload_hash: identity.payloadHash.toString('hex') });
}

const PAYLOAD_HASH = /^[0-9a-f]{32}$/;

/** @throws CairnError `invalid_request` where the letter does not hold such an event */
export function decodeLetteredEvent(bytes: Uint8Array, of: { tenantId: string; admission: string | undefined }): CairnEvent {
  const admission = parse(of.admission ?? '');
  const { received_at: receivedAt, clock_skewed: clockSkewed, payload_hash: payloadHash } = isJsonObject(admission) ? admission : {};
  if (typeof receivedAt !== 'number' || typeof clockSkewed !== 'boolean' || typeof payloadHash !== 'string') throw notLettered();
  if (!PAYLOAD_HASH.test(payloadHash)) throw notLettered();
  const event = admitEvent(parse(Buffer.from(bytes).toString('utf8')), {
    tenantId: of.tenantId,
    mayWriteTo: (tenantId) => tenantId === of.tenantId,
    receivedAt,
  });
  const { eventIdHash, keyHash, fingerprint } = event.identity;
  return { ...event, clockSkewed, identity: { eventIdHash, keyHash, fingerprint, payloadHash: Buffer.from(payloadHash, 'hex') } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notLettered(cause);
  }
}

function notLettered(cause?: unknown): CairnError {
  return new CairnError('invalid_request', 'the letter does not hold an event of the log as Cairn writes it', { cause });
}
