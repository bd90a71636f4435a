import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import { mergeRecount, type Recount } from '../recount/mergeRecount.js';
import type { UserState } from '../state/userState.js';
import { replaceEvidence } from './replaceEvidence.js';

/** As `mergeRecount`, for a team: what counted is replaced together with the ids of the events that did. */
export function mergeTeamRecount(catalogue: Catalogue, team: UserState, recount: Recount): Effects {
  replaceEvidence(team, recount.slugs, recount.scratch);
  return mergeRecount(catalogue.ofTeams, team, recount);
}
