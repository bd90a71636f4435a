import type { CairnEvent } from '@cairn/contracts';
import { hashText } from './hashText.js';
import type { KnownEvent } from './KnownEvent.js';

/** An event on its way through the door, with its identities in the form in which they are compared. */
export interface Candidate {
  event: CairnEvent;
  eventIdHash: string;
  keyHash: string | null;
  fingerprint: string | null;
  payloadHash: string;
  /** One for each identity, unique within the tenant. */
  keys: readonly string[];
}

export function toCandidate(event: CairnEvent): Candidate {
  const { identity } = event;
  const eventIdHash = hashText(identity.eventIdHash);
  const keyHash = identity.keyHash === null ? null : hashText(identity.keyHash);
  const fingerprint = identity.fingerprint === null ? null : hashText(identity.fingerprint);
  const keys = identityKeys({ eventIdHash, keyHash, fingerprint });
  return { event, eventIdHash, keyHash, fingerprint, payloadHash: hashText(identity.payloadHash), keys };
}

type Hashes = Pick<KnownEvent, 'eventIdHash' | 'keyHash' | 'fingerprint'>;

/** All hashes have the same length, so that no two identities of different kinds have the same key. */
export function identityKeys({ eventIdHash, keyHash, fingerprint }: Hashes): string[] {
  const keys = [eventIdHash];
  if (keyHash !== null) keys.push(`k${keyHash}`);
  if (fingerprint !== null) keys.push(`f${fingerprint}`);
  return keys;
}
