import type { CairnEvent } from '@cairn/contracts';
import type { IdentityCache, KnownEvent } from './IdentityCache.js';

/** What an event is in the light of the events before it (contract, section 2, «Identity»). */
export type Verdict = 'new' | 'duplicate' | 'conflict';

export interface IdentityKeys {
  eventId: string;
  idempotencyKey: string | null;
  fingerprint: string | null;
}

export function identityKeysOf(
  tenantKey: number,
  identity: { eventIdHash: Buffer; keyHash: Buffer | null; fingerprint: Buffer | null },
): IdentityKeys {
  return {
    eventId: cacheKey(tenantKey, 'i', identity.eventIdHash),
    idempotencyKey: identity.keyHash === null ? null : cacheKey(tenantKey, 'k', identity.keyHash),
    fingerprint: identity.fingerprint === null ? null : cacheKey(tenantKey, 'f', identity.fingerprint),
  };
}

export function listKeys(keys: IdentityKeys): string[] {
  return [keys.eventId, keys.idempotencyKey, keys.fingerprint].filter((key) => key !== null);
}

/** The same id or key with another payload is a conflict; any other match is a duplicate. */
export function judge(
  event: CairnEvent,
  place: { sequence: number; index: number },
  known: { keys: IdentityKeys; cache: IdentityCache },
): Verdict {
  const named = [known.keys.eventId, known.keys.idempotencyKey]
    .map((key) => (key === null ? undefined : other(known.cache.get(key), place)))
    .filter((match) => match !== undefined);
  if (named.some((match) => !match.payloadHash.equals(event.identity.payloadHash))) return 'conflict';
  if (named.length > 0) return 'duplicate';
  const same = known.keys.fingerprint === null ? undefined : other(known.cache.get(known.keys.fingerprint), place);
  return same === undefined ? 'new' : 'duplicate';
}

/** A match that is not the event itself: a batch may be folded more than once. */
function other(match: KnownEvent | undefined, place: { sequence: number; index: number }): KnownEvent | undefined {
  return match !== undefined && match.sequence === place.sequence && match.index === place.index ? undefined : match;
}

function cacheKey(tenantKey: number, kind: 'i' | 'k' | 'f', hash: Buffer): string {
  return `${tenantKey}${kind}${hash.toString('latin1')}`;
}
