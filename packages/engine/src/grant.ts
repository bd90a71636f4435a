import { adoptState } from './adoptState.js';
import { type ByHand, transitionFor } from './byHand.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { Rule, RuleLevel } from './catalogue/rule.js';
import type { Effects } from './effects.js';
import { cascade, completeIfAllHeld, derivedValue, forgetIfSettled } from './settle.js';
import type { AchievementState } from './state/achievementState.js';
import type { UserState } from './state/userState.js';
import type { Transition } from './transition.js';
import { unlock } from './unlock.js';
import { periodOfDay } from './windows/period.js';
import { NO_PERIOD, type PeriodKey, parsePeriodName, periodKey, splitPeriodKey } from './windows/periodKey.js';

/**
 * Gives an unlock whatever was counted, and whatever the plan; a revoked one is held again. Nothing happens where it is
 * held already, or where there is no such achievement, level or period.
 */
export function grant(catalogue: Catalogue, state: UserState, granted: ByHand): Effects {
  const transition = transitionFor(granted, { catalogue, state });
  const rule = catalogue.rules.get(granted.slug);
  if (rule === undefined) return transition.finish();
  const entry = adoptState(state, rule);
  const period = grantedPeriod(transition, rule, { entry, granted });
  const level = period === null ? undefined : grantedLevel(rule, entry, { name: granted.level, period });
  if (period === null || level === undefined) return transition.finish();
  const window = windowOf(period);
  const counts = window === null ? entry.lifetime : (entry.periods.get(window) ?? null);
  // What was complete before it was revoked has no counts any more.
  const before = entry.held.get(level.name, period)?.value ?? (rule.definition.criteria.type === 'manual' ? 1 : 0);
  const value = counts?.measure() ?? derivedValue(state, rule) ?? before;
  unlock(transition, entry, { rule, level, period, value, window, byHand: true });
  completeIfAllHeld(entry, rule);
  if (window !== null) forgetIfSettled(entry, rule, window);
  cascade(transition);
  return transition.finish();
}

/** null where the period is not one of this achievement. */
function grantedPeriod(
  { zone, cause }: Transition,
  rule: Rule,
  { entry, granted }: { entry: AchievementState; granted: ByHand },
): PeriodKey | null {
  const given = parsePeriodName(granted.period);
  const { repeat } = rule.definition;
  if (given === null || repeat === 'once') return given === NO_PERIOD ? given : null;
  if (given !== NO_PERIOD) return splitPeriodKey(given)?.unit === (repeat === 'every_threshold' ? 'ordinal' : rule.unit) ? given : null;
  if (repeat === 'every_threshold') return periodKey('ordinal', entry.held.size + 1);
  return rule.unit === null ? null : periodKey(rule.unit, periodOfDay(rule.unit, zone.dayOf(cause.at)));
}

function grantedLevel(rule: Rule, entry: AchievementState, wanted: { name: string | null; period: PeriodKey }): RuleLevel | undefined {
  const isFree = (level: RuleLevel): boolean => entry.held.get(level.name, wanted.period)?.revoked !== false;
  return rule.levels.find((level) => (wanted.name === null || level.name === wanted.name) && isFree(level));
}

function windowOf(period: PeriodKey): number | null {
  const parts = splitPeriodKey(period);
  return parts === null || parts.unit === 'ordinal' ? null : parts.period;
}
