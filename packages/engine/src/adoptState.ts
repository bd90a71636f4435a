import type { Rule } from './catalogue/rule.js';
import type { CriterionState } from './criteria/criterionState.js';
import { AchievementState } from './state/achievementState.js';
import type { UserState } from './state/userState.js';

/**
 * A user's state of an achievement, brought to the version of the rule: `continue` goes on with what was counted,
 * where it still counts the same; `restart` and `recount` begin with nothing, and a recount is merged in later.
 */
export function adoptState(state: UserState, rule: Rule): AchievementState {
  const existing = state.achievements.get(rule.slug);
  if (existing === undefined) {
    const fresh = new AchievementState(rule.version);
    fresh.unit = rule.unit;
    state.achievements.set(rule.slug, fresh);
    return fresh;
  }
  if (existing.version !== rule.version) adoptVersion(existing, rule);
  return existing;
}

/** What is counted for the rule's version, for reading alone; null where that is nothing. */
export function countsOf(state: UserState, rule: Rule): AchievementState | null {
  const existing = state.achievements.get(rule.slug);
  return existing !== undefined && (existing.version === rule.version || continues(existing, rule)) ? existing : null;
}

function adoptVersion(existing: AchievementState, rule: Rule): void {
  if (continues(existing, rule)) {
    if (existing.lifetime !== null) existing.lifetime = taken(existing.lifetime, rule);
    for (const [period, counts] of existing.periods) existing.putPeriod(period, taken(counts, rule));
  } else existing.forgetCounts();
  existing.unit = rule.unit;
  existing.version = rule.version;
}

function continues(existing: AchievementState, rule: Rule): boolean {
  if (rule.definition.onPublish !== 'continue' || existing.unit !== rule.unit) return false;
  const counts = existing.lifetime ?? existing.periods.values().next().value ?? null;
  return counts === null || rule.emptyCounts()?.accepts(counts) === true;
}

/** The same counts under the parameters of the new version. */
function taken(counts: CriterionState, rule: Rule): CriterionState {
  const fresh = rule.emptyCounts();
  if (fresh === null) return counts;
  fresh.merge(counts);
  return fresh;
}
