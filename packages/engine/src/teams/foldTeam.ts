import { applyBuiltIn, changesPlan } from '../builtInEvents.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { type Effects, FAILED_EFFECTS, NO_EFFECTS } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { countByAll } from '../fold.js';
import { isInstant } from '../instant.js';
import type { UserState } from '../state/userState.js';
import { Transition } from '../transition.js';
import { forgetOutdatedEvidence } from './forgetOutdatedEvidence.js';

/**
 * One event of a member changes the state of the team that it names. The caller has dropped duplicates, calls in the order of the
 * log over all members, and has folded the member's own choices: an event that the member does not let count is none for the team.
 * A team has no zone of its own and no XP; its plan is what subscription events that name it say.
 */
export function foldTeam(catalogue: Catalogue, team: UserState, of: { event: EngineEvent; member: UserState }): Effects {
  const { event, member } = of;
  const rules = catalogue.ofTeams;
  if (!concernsTeam(rules, event.type)) return NO_EFFECTS;
  // Which events of which member counted is known nowhere else: the store finds the events of users alone.
  team.evidence ??= new Map();
  if (!isInstant(event.occurredAt)) return FAILED_EFFECTS;
  const cause = { at: event.occurredAt, id: event.eventId, userId: event.userId, backfilled: event.backfill };
  const transition = new Transition(rules, team, cause);
  transition.consent = member.consent;
  const candidates = rules.index.candidatesOf(event.type);
  forgetOutdatedEvidence(
    team,
    candidates.rules.map(({ rule }) => rule),
  );
  transition.widened = changesPlan(event.type) && applyBuiltIn(transition, event);
  countByAll(transition, event, candidates);
  return transition.finish();
}

/** Whether an event of this type can change the state of a team that it names. */
export function concernsTeam(catalogue: Catalogue, type: string): boolean {
  return changesPlan(type) || catalogue.ofTeams.index.candidatesOf(type).rules.length > 0;
}
