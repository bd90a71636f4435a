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
  const { rule } = of;
  const eligible = mayUnlock(rule, state, catalogue);
  if (rule.definition.repeat === 'every_threshold') return itemOf({ rule, eligible }, multiples(state, rule));
  const held = state.achievements.get(rule.slug);
  if (!rule.once || held === undefined || !isSettled(rule, held)) return itemOf({ rule, eligible }, counted(catalogue, state, of));
  const { reached, next } = levelsOf(rule, held, NO_PERIOD);
  return itemOf({ rule, eligible: eligible && next === undefined }, settled(held, { reached, next }));
}

/** What is shown of an achievement besides its name. */
type Shown = Pick<ProgressItem, 'status' | 'value' | 'threshold' | 'level' | 'period'>;

/** Written out: spread together from parts it takes several times the memory, and there is one for each achievement of whoever did anything. */
function itemOf(of: { rule: Rule; eligible: boolean }, { status, value, threshold, level, period }: Shown): ProgressItem {
  const { slug, definition } = of.rule;
  return { slug, name: definition.name, eligible: of.eligible, status, value, threshold, level, period };
}

function counted(catalogue: Catalogue, state: UserState, { rule, now }: { rule: Rule; now: number }): Shown {
  const window =
    rule.unit === null ? null : periodOfDay(rule.unit, zoneOrUtc(state.zone ?? catalogue.settings.timezone).dayOf(toInstant(now)));
  const period = rule.once || rule.unit === null || window === null ? NO_PERIOD : periodKey(rule.unit, window);
  const { reached, next } = levelsOf(rule, state.achievements.get(rule.slug), period);
  const value = countedValue(state, rule, { window, now });
  const level = nameOf(reached);
  return {
    status: next === undefined ? 'unlocked' : value > 0 || level !== null ? 'progressing' : 'locked',
    value,
    threshold: next?.threshold ?? rule.levels.at(-1)?.threshold ?? 0,
    level,
    period: rule.unit === null || window === null ? null : periodName(periodKey(rule.unit, window)),
  };
}

/** Whether a `once` achievement has all its unlocks, those that were revoked among them: then nothing is counted any more. */
function isSettled(rule: Rule, { held }: AchievementState): boolean {
  return rule.levels.every(({ name }) => held.get(name, NO_PERIOD) !== undefined);
}

/**
 * What is shown where nothing is counted any more: the value that unlocked it and the threshold that it reached then,
 * whatever a later version asks for; and of levels of which some were revoked, the lowest of those.
 */
function settled({ held: unlocks }: AchievementState, { reached, next }: Levels): Shown {
  const shown = next ?? reached;
  const held = shown === undefined ? undefined : unlocks.get(shown.name, NO_PERIOD);
  const threshold = held?.threshold ?? shown?.threshold ?? 0;
  return {
    status: next === undefined ? 'unlocked' : 'progressing',
    // Only the store knows more of some.
    value: held?.value ?? threshold,
    threshold,
    level: nameOf(reached),
    period: null,
  };
}

interface Levels {
  reached: RuleLevel | undefined;
  next: RuleLevel | undefined;
}

/** The highest level that is held, and the lowest that is not. */
function levelsOf(rule: Rule, held: AchievementState | undefined, period: PeriodKey): Levels {
  const isHeld = (level: RuleLevel): boolean => held?.held.get(level.name, period)?.revoked === false;
  return { reached: rule.levels.findLast(isHeld), next: rule.levels.find((level) => !isHeld(level)) };
}

/** Of an achievement without levels the only one has no name. */
function nameOf(level: RuleLevel | undefined): string | null {
  return level === undefined || level.name === '' ? null : level.name;
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
