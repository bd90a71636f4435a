import type { UserState } from '../state/userState.js';
import { slugOfEvidence } from './forgetOutdatedEvidence.js';

/** The ids of the events that counted for some achievements are those that counting them anew has found. */
export function replaceEvidence(team: UserState, slugs: readonly string[], found: UserState): void {
  const replaced = new Set(slugs);
  const evidence = new Map([...(team.evidence ?? [])].filter(([key]) => !replaced.has(slugOfEvidence(key))));
  for (const [key, eventIds] of found.evidence ?? []) evidence.set(key, eventIds);
  team.evidence = evidence;
}
