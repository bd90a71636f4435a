import type { Occasion } from '../byHand.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import { recheck } from '../recheck.js';
import type { UserState } from '../state/userState.js';
import { forgetOutdatedEvidence } from './forgetOutdatedEvidence.js';

/** As `recheck`, for a team: what is met already unlocks, and what a new version dropped is no evidence any more. */
export function recheckTeam(catalogue: Catalogue, team: UserState, at: Occasion): Effects {
  const rules = catalogue.ofTeams;
  forgetOutdatedEvidence(team, rules.rules.values());
  return recheck(rules, team, at);
}
