import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import { mergeRecount, type Recount } from '../recount/mergeRecount.js';
import type { UserState } from '../state/userState.js';
import { slugOfEvidence } from './forgetOutdatedEvidence.js';

/** As `mergeRecount`, for a team: what counted is replaced together with the ids of the events that did. */
export function mergeTeamRecount(catalogue: Catalogue, team: UserState, recount: Recount): Effects {
  const recounted = new Set(recount.slugs);
  const evidence = new Map([...(team.evidence ?? [])].filter(([key]) => !recounted.has(slugOfEvidence(key))));
  for (const [key, eventIds] of recount.scratch.evidence ?? []) evidence.set(key, eventIds);
  team.evidence = evidence;
  return mergeRecount(catalogue.ofTeams, team, recount);
}
