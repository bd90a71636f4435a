import type { EngineEvent } from '../engineEvent.js';
import { emptyState, type UserState } from '../state/userState.js';
import type { Assumed } from './explanation.js';

export interface PersonBefore {
  person: UserState;
  /** What is not known, and taken to be what holds for who chose nothing. */
  assumed: Assumed[];
}

/**
 * Zone, plan and consent before a history. Where older events are missing from it, what the user has now held all along,
 * unless an event of the history changed it; what an older event had said in that case is not known.
 */
export function personBefore(history: readonly EngineEvent[], now: UserState | null): PersonBefore {
  const person = emptyState();
  if (now === null) return { person, assumed: [] };
  const changes = (prefix: string): boolean => history.some(({ type }) => type.startsWith(prefix));
  const assumed: Assumed[] = [];
  if (changes('profile.updated')) assumed.push('zone');
  else person.zone = now.zone;
  if (changes('subscription.')) assumed.push('plan');
  else person.tier = now.tier;
  if (changes('privacy.')) assumed.push('consent');
  else person.consent.merge(now.consent);
  return { person, assumed };
}
