import { countsOf } from '../adoptState.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Rule, RuleLevel } from '../catalogue/rule.js';
import { isRolling } from '../criteria/rollingState.js';
import { mayUnlock } from '../eligibility.js';
import { toInstant } from '../instant.js';
import { derivedValue } from '../settle.js';
import type { AchievementState } from '../state/achievementState.js';
import type { UserState } from '../state/userState.js';
import { periodOfDay } from '../windows/period.js';
import { NO_PERIOD, type PeriodKey, periodKey, periodName } from '../windows/periodKey.js';
import { zoneOrUtc } from '../zones/zones.js';

/** How far a user is with one achievement. */
export interface ProgressItem {
  slug: string;
  name: string;
  /** `unlocked`: nothing is left to reach, in the current period where it repeats. */
  status: 'locked' | 'progressing' | 'unlocked';
  value: number;
  /** The next to reach. Where all are, or were before one was revoked: the one that was reached. */
  threshold: number;
  /** The highest level that the user holds. */
  level: string | null;
  /** The current window where it has one; the latest `#n` of `every_threshold`. */
  period: string | null;
  /** Whether it could unlock now, by plan and consent. What was revoked does not unlock by itself. */
  eligible: boolean;
}

/** Progress in all achievements, in the order of slugs. `now` says which calendar window is the current one. */
export function progress(catalogue: Catalogue, state: UserState, now: number): ProgressItem[] {
  return [...catalogue.rules.values()].map((rule) => progressOfRule(catalogue, state, { rule, now }));
}

/** Progress in one achievement; null where it is not published. */
export function progressOf(catalogue: Catalogue, state: UserState, of: { slug: string; now: number }): ProgressItem | null {
  const rule = catalogue.rules.get(of.slug);
  return rule === undefined ? null : progressOfRule(catalogue, state, { rule, now: of.now });
}

function progressOfRule(catalogue: Catalogue, state: UserState, of: { rule: Rule; now: number }): ProgressItem {
  const { rule, now } = of;
  const window =
    rule.unit === null ? null : periodOfDay(rule.unit, zoneOrUtc(state.zone ?? catalogue.settings.timezone).dayOf(toInstant(now)));
  const held = state.achievements.get(rule.slug);
  const eligible = mayUnlock(rule, state, catalogue);
  const base = { slug: rule.slug, name: rule.definition.name, eligible };
  if (rule.definition.repeat === 'every_threshold') return { ...base, ...multiples(state, rule) };
  if (rule.once && held !== undefined && isSettled(rule, held)) return { ...base, ...settled(rule, { held, eligible }) };
  const period = rule.once || rule.unit === null || window === null ? NO_PERIOD : periodKey(rule.unit, window);
  const { reached, next } = levelsOf(rule, held, period);
  const value = countedValue(state, rule, { window, now });
  const shown = rule.unit === null || window === null ? null : periodName(periodKey(rule.unit, window));
  const level = reached === undefined || reached.name === '' ? null : reached.name;
  const threshold = next?.threshold ?? rule.levels.at(-1)?.threshold ?? 0;
  return {
    ...base,
    status: next === undefined ? 'unlocked' : value > 0 || level !== null ? 'progressing' : 'locked',
    value,
    threshold,
    level,
    period: shown,
  };
}

type Shown = Pick<ProgressItem, 'status' | 'value' | 'threshold' | 'level' | 'period'>;

/** Whether a `once` achievement has all its unlocks, those that were revoked among them: then nothing is counted any more. */
function isSettled(rule: Rule, { held }: AchievementState): boolean {
  return rule.levels.every(({ name }) => held.get(name, NO_PERIOD) !== undefined);
}

/**
 * What is shown where nothing is counted any more: the value that unlocked it and the threshold that it reached then,
 * whatever a later version asks for; and of levels of which some were revoked, the lowest of those.
 */
function settled(
  rule: Rule,
  { held: achievement, eligible }: { held: AchievementState; eligible: boolean },
): Shown & Pick<ProgressItem, 'eligible'> {
  const { reached, next } = levelsOf(rule, achievement, NO_PERIOD);
  const shown = next ?? reached;
  const held = shown === undefined ? undefined : achievement.held.get(shown.name, NO_PERIOD);
  const threshold = held?.threshold ?? shown?.threshold ?? 0;
  return {
    eligible: eligible && next === undefined,
    status: next === undefined ? 'unlocked' : 'progressing',
    // Only the store knows more of some.
    value: held?.value ?? threshold,
    threshold,
    level: reached === undefined || reached.name === '' ? null : reached.name,
    period: null,
  };
}

/** The highest level that is held, and the lowest that is not. */
function levelsOf(
  rule: Rule,
  held: AchievementState | undefined,
  period: PeriodKey,
): { reached: RuleLevel | undefined; next: RuleLevel | undefined } {
  const isHeld = (level: RuleLevel): boolean => held?.held.get(level.name, period)?.revoked === false;
  return { reached: rule.levels.findLast(isHeld), next: rule.levels.find((level) => !isHeld(level)) };
}

function countedValue(state: UserState, rule: Rule, { window, now }: { window: number | null; now: number }): number {
  const derived = derivedValue(state, rule);
  if (derived !== null) return derived;
  const counts = countsOf(state, rule);
  const current = (window === null ? counts?.lifetime : counts?.periods.get(window)) ?? null;
  if (current === null) return 0;
  return (isRolling(current) ? current.measureAt(toInstant(now)) : current.measure()) ?? 0;
}

function multiples(state: UserState, rule: Rule): Shown {
  const value = countedValue(state, rule, { window: null, now: 0 });
  const step = rule.levels[0]?.threshold ?? 1;
  const held = state.achievements.get(rule.slug)?.held.size ?? 0;
  return {
    status: value > 0 || held > 0 ? 'progressing' : 'locked',
    value,
    threshold: step * (held + 1),
    level: null,
    period: held > 0 ? `#${String(held)}` : null,
  };
}
