import { countsOf } from '../adoptState.js';
import type { Rule } from '../catalogue/rule.js';
import type { UserState } from '../state/userState.js';

/** Lets go of the ids of events that a new version does not count any more, before the version is adopted. */
export function forgetOutdatedEvidence(team: UserState, rules: Iterable<Rule>): void {
  const { evidence } = team;
  if (evidence === null || evidence.size === 0) return;
  for (const rule of rules) {
    const existing = team.achievements.get(rule.slug);
    if (existing === undefined || existing.version === rule.version || countsOf(team, rule) !== null) continue;
    for (const key of evidence.keys()) if (slugOfEvidence(key) === rule.slug) evidence.delete(key);
  }
}

/** The slug is all of a key up to the window. */
export function slugOfEvidence(key: string): string {
  return key.split(' ', 1)[0] ?? key;
}
