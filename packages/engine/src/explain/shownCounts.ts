import { countsOf } from '../adoptState.js';
import type { Rule } from '../catalogue/rule.js';
import type { CriterionState } from '../criteria/criterionState.js';
import type { UserState } from '../state/userState.js';
import { periodOfDay } from '../windows/period.js';

/** What the criterion of a rule has counted for a user in the window that holds a day; null for nothing. */
export function shownCounts(state: UserState, rule: Rule, today: number): CriterionState | null {
  const counts = countsOf(state, rule);
  return (rule.unit === null ? counts?.lifetime : counts?.periods.get(periodOfDay(rule.unit, today))) ?? null;
}
