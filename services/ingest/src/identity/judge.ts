import { CairnError } from '@cairn/contracts';
import type { Candidate } from './Candidate.js';
import type { KnownEvent } from './KnownEvent.js';

/** What became of an event that was well-formed. */
export type Outcome =
  | { status: 'accepted'; eventId: string; sequence: number }
  /** With the id and the sequence of the original. */
  | { status: 'duplicate'; eventId: string; sequence: number }
  | { status: 'conflict'; error: CairnError };

/** Duplicate or conflict, by the rules of identity (contract, section 2); null for an event that none of the known ones is like. */
export function judge(candidate: Candidate, known: readonly KnownEvent[]): Outcome | null {
  const byEventId = known.find((other) => other.eventIdHash === candidate.eventIdHash);
  const byKey = known.find((other) => candidate.keyHash !== null && other.keyHash === candidate.keyHash);
  // What was said under a name before is looked at first: another payload under it is never taken for a repetition.
  // The key comes first: an event id may have been derived from it, and then nobody chose that.
  if (byKey !== undefined && byKey.payloadHash !== candidate.payloadHash) return conflict('idempotency_key', byKey);
  if (byEventId !== undefined && byEventId.payloadHash !== candidate.payloadHash) return conflict('event_id', byEventId);
  const original =
    byEventId ?? byKey ?? known.find((other) => candidate.fingerprint !== null && other.fingerprint === candidate.fingerprint);
  if (original === undefined) return null;
  // Of one who was erased since, the id is no longer known.
  const eventId = original.eventId === '' ? candidate.event.eventId : original.eventId;
  return { status: 'duplicate', eventId, sequence: original.sequence };
}

function conflict(field: 'event_id' | 'idempotency_key', original: KnownEvent): Outcome {
  const by = original.eventId === '' ? 'an event that was erased' : `the event "${original.eventId}"`;
  const message = `was used before, by ${by} with another content: use a new one for a new event`;
  return {
    status: 'conflict',
    error: new CairnError('idempotency_conflict', `${field} ${message}`, { errors: [{ field, message }] }),
  };
}
