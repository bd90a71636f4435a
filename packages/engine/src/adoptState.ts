import type { Rule } from './catalogue/rule.js';
import { CountState } from './criteria/count.js';
import type { CriterionState } from './criteria/criterionState.js';
import { SumState } from './criteria/sum.js';
import { AchievementState } from './state/achievementState.js';
import type { UserState } from './state/userState.js';
import { NO_PERIOD } from './windows/periodKey.js';

/**
 * A user's state of an achievement that is about to change, brought to the version of the rule: `continue` goes on with what was counted,
 * where it still counts the same; `restart` and `recount` begin with nothing, and a recount is merged in later.
 * `existing`: what the user has of it, where the caller looked it up already.
 */
export function adoptState(state: UserState, rule: Rule, existing = state.achievements.get(rule.slug)): AchievementState {
  if (existing === undefined) {
    const fresh = new AchievementState(rule.version);
    fresh.unit = rule.unit;
    state.achievements.set(rule.slug, fresh);
    return fresh;
  }
  state.written.note(existing);
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
    existing.lifetime = existing.lifetime === null ? carriedOver(existing, rule) : taken(existing.lifetime, rule);
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

/**
 * What a completed achievement goes on from, which keeps no counts: a count and a sum have nothing in them but the value,
 * so the value that unlocked it is as good. All others begin anew.
 */
function carriedOver({ held }: AchievementState, { definition: { criteria } }: Rule): CriterionState | null {
  if ((criteria.type !== 'count' && criteria.type !== 'sum') || criteria.window !== null) return null;
  let reached: number | null = null;
  for (const { period, unlock } of held.entries())
    if (period === NO_PERIOD && unlock.value !== null) reached = Math.max(reached ?? unlock.value, unlock.value);
  if (reached === null) return null;
  if (criteria.type === 'sum') return new SumState(reached);
  return Number.isSafeInteger(reached) && reached >= 0 ? new CountState(reached) : null;
}
