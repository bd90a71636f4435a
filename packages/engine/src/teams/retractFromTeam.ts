import { changesPlan } from '../builtInEvents.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import { type Retraction, retract } from '../retract/retract.js';
import type { UserState } from '../state/userState.js';
import { forgetOutdatedEvidence } from './forgetOutdatedEvidence.js';
import { replaceEvidence } from './replaceEvidence.js';

/** As `retract`, for a team that an event of a member counted for. A team is paid nothing, so nothing is taken back of that. */
export function retractFromTeam(catalogue: Catalogue, team: UserState, retraction: Omit<Retraction, 'paidBy'>): Effects {
  const rules = catalogue.ofTeams;
  const { history, slugs, event } = retraction;
  const { without } = history;
  // Only what is said of its plan changes a team's own.
  if (!changesPlan(event.type)) without.tier = team.tier;
  forgetOutdatedEvidence(
    without,
    slugs.flatMap((slug) => rules.rules.get(slug) ?? []),
  );
  replaceEvidence(team, slugs, without);
  return retract(rules, team, { ...retraction, paidBy: () => 0 });
}
