import { adoptState } from './adoptState.js';
import type { Rule } from './catalogue/rule.js';
import { mayUnlock } from './eligibility.js';
import type { AchievementState } from './state/achievementState.js';
import type { UserState } from './state/userState.js';
import type { Transition } from './transition.js';
import { unlock } from './unlock.js';
import { NO_PERIOD, periodKey } from './windows/periodKey.js';

/** Multiples of a threshold that one step unlocks at most; the next event of the user goes on where it stopped. */
const MULTIPLES_A_STEP_MAX = 1_000;

/** Unlocks what a value reaches and is not held yet. `window`: the index of its calendar window, null for a lifetime. */
export function settle(
  transition: Transition,
  rule: Rule,
  reached: { entry: AchievementState; value: number | null; window: number | null },
): void {
  const { entry, value, window } = reached;
  const lowest = rule.levels[0];
  if (value === null || lowest === undefined || value < lowest.threshold) return;
  if (!mayUnlock(rule, transition.state, transition.catalogue)) return;
  if (rule.definition.repeat === 'every_threshold') return settleMultiples(transition, rule, { entry, value });
  const period = rule.once || rule.unit === null || window === null ? NO_PERIOD : periodKey(rule.unit, window);
  for (const level of rule.levels) {
    if (value < level.threshold) break;
    if (!entry.held.isGiven(level.name, period)) unlock(transition, entry, { rule, level, period, value, window, byHand: false });
  }
  if (rule.once) completeIfAllHeld(entry, rule);
  else if (window !== null) forgetIfSettled(entry, rule, window);
}

/** Whether there is nothing left to unlock; then nothing is counted any more, and no counts are kept. */
export function completeIfAllHeld(entry: AchievementState, rule: Rule): boolean {
  if (!rule.once) return false;
  if (entry.completedVersion === rule.version) return true;
  if (entry.holdsFewerThan(rule.levels.length)) return false;
  for (const level of rule.levels) if (!entry.held.isGiven(level.name, NO_PERIOD)) return false;
  entry.completedVersion = rule.version;
  entry.forgetCounts();
  entry.unit = rule.unit;
  return true;
}

/**
 * Where each period unlocks for itself, a period with all its unlocks needs no counts, except the newest one, whose
 * value is still shown. What is kept follows from the events alone, not from their order.
 */
export function forgetIfSettled(entry: AchievementState, rule: Rule, period: number): void {
  if (period !== entry.newestPeriod && isPeriodSettled(entry, rule, period)) entry.forgetPeriod(period);
}

/** Whether a period of a repeating achievement has nothing left to unlock. */
export function isPeriodSettled(entry: AchievementState, rule: Rule, period: number): boolean {
  const { unit } = rule;
  if (rule.once || unit === null || entry.holdsNothing) return false;
  const key = periodKey(unit, period);
  return rule.levels.every((level) => entry.held.isGiven(level.name, key));
}

function settleMultiples(transition: Transition, rule: Rule, { entry, value }: { entry: AchievementState; value: number }): void {
  const level = rule.levels[0];
  if (level === undefined) return;
  const reached = Math.floor(value / level.threshold);
  for (let unlocked = 0; entry.multiplesHeld < reached && unlocked < MULTIPLES_A_STEP_MAX; ) {
    const n = entry.multiplesHeld + 1;
    const period = periodKey('ordinal', n);
    if (!entry.held.isGiven(level.name, period)) {
      unlock(transition, entry, { rule, level: { ...level, threshold: level.threshold * n }, period, value, window: null, byHand: false });
      unlocked += 1;
    }
    entry.multiplesHeld = n;
  }
}

/** The value of an achievement that is measured from what the user holds. */
export function derivedValue(state: UserState, rule: Rule): number | null {
  const { criteria } = rule.definition;
  if (criteria.type === 'xp') return state.xp;
  if (criteria.type === 'achievements')
    return criteria.slugs.reduce((held, slug) => held + (state.achievements.get(slug)?.held.any === true ? 1 : 0), 0);
  return null;
}

/**
 * Unlocks what XP and held achievements add up to, again and again until nothing changes. Every round but the last
 * unlocks something, so there are no more rounds than unlocks to be had.
 */
export function cascade(transition: Transition): void {
  const { state, catalogue } = transition;
  let settled: number;
  do {
    settled = transition.unlocks.length;
    for (const rule of catalogue.derivedRules) {
      const value = derivedValue(state, rule);
      if (value === null || value < (rule.levels[0]?.threshold ?? 0) || !mayUnlock(rule, state, catalogue)) continue;
      settle(transition, rule, { entry: adoptState(state, rule), value, window: null });
    }
  } while (transition.unlocks.length > settled);
}

/** Unlocks all that is met already: after a tier rose, consent was given, or a definition was published. */
export function settleAll(transition: Transition): void {
  const { state, catalogue } = transition;
  for (const rule of catalogue.rules.values()) {
    if (rule.isDerived || !state.achievements.has(rule.slug)) continue;
    const entry = adoptState(state, rule);
    if (completeIfAllHeld(entry, rule)) continue;
    if (entry.lifetime !== null) settle(transition, rule, { entry, value: entry.lifetime.measure(), window: null });
    for (const window of [...entry.periods.keys()].sort((a, b) => a - b))
      settle(transition, rule, { entry, value: entry.periods.get(window)?.measure() ?? null, window });
  }
}
