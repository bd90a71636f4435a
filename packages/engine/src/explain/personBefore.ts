import type { EngineEvent } from '../engineEvent.js';
import { Consent } from '../state/consent.js';
import { emptyState, type UserState } from '../state/userState.js';

/**
 * Zone, tier and consent before a history. Where older events are missing from it, what the user has now held all along,
 * unless an event of the history changed it; what an older event had said in that case is not known.
 */
export function personBefore(history: readonly EngineEvent[], now: UserState | null): UserState {
  const person = emptyState();
  if (now === null) return person;
  const changes = (prefix: string): boolean => history.some(({ type }) => type.startsWith(prefix));
  if (!changes('profile.updated')) person.zone = now.zone;
  if (!changes('subscription.')) person.tier = now.tier;
  if (!changes('privacy.')) {
    person.consent = new Consent();
    person.consent.merge(now.consent);
  }
  return person;
}
