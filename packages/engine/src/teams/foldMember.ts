import { applyBuiltIn, changesConsent } from '../builtInEvents.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { type Effects, FAILED_EFFECTS, NO_EFFECTS } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { isInstant } from '../instant.js';
import type { UserState } from '../state/userState.js';
import { Transition } from '../transition.js';

/** Takes in what a person chose about being counted, into a state that knows nothing else of them. */
export function foldMember(catalogue: Catalogue, member: UserState, event: EngineEvent): Effects {
  if (!changesConsent(event.type)) return NO_EFFECTS;
  if (!isInstant(event.occurredAt)) return FAILED_EFFECTS;
  const cause = { at: event.occurredAt, id: event.eventId, userId: event.userId, backfilled: event.backfill };
  const transition = new Transition(catalogue.ofTeams, member, cause);
  applyBuiltIn(transition, event);
  return transition.finish();
}
