import type { CairnEvent } from '@cairn/contracts';
import type { IdentityCache } from './IdentityCache.js';

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

/**
 * The same id or key with another payload is a conflict; any other match is a duplicate. That may be the event itself: one of
 * an entry that was cut, whose first part was committed before the partition started over.
 */
export function judge(event: CairnEvent, known: { keys: IdentityKeys; cache: IdentityCache }): Verdict {
  const named = [known.keys.eventId, known.keys.idempotencyKey]
    .map((key) => (key === null ? undefined : known.cache.get(key)))
    .filter((match) => match !== undefined);
  if (named.some((match) => !match.payloadHash.equals(event.identity.payloadHash))) return 'conflict';
  if (named.length > 0) return 'duplicate';
  const same = known.keys.fingerprint === null ? undefined : known.cache.get(known.keys.fingerprint);
  return same === undefined ? 'new' : 'duplicate';
}

function cacheKey(tenantKey: number, kind: 'i' | 'k' | 'f', hash: Buffer): string {
  return `${tenantKey}${kind}${hash.toString('latin1')}`;
}
