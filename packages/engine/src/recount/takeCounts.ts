import type { Rule } from '../catalogue/rule.js';
import { completeIfAllHeld, forgetIfSettled } from '../settle.js';
import type { AchievementState } from '../state/achievementState.js';

/** Counts of the same version take the place of those that were kept. */
export function takeCounts(entry: AchievementState, rule: Rule, counted: AchievementState | null): void {
  if (completeIfAllHeld(entry, rule)) return;
  entry.forgetCounts();
  entry.unit = rule.unit;
  if (counted !== null) entry.merge(counted);
  const { unit } = rule;
  if (unit === null || rule.once) return;
  for (const period of [...entry.periods.keys()]) forgetIfSettled(entry, rule, period);
}
