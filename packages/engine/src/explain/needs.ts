import type { Rule } from '../catalogue/rule.js';
import { ChecklistState } from '../criteria/checklist.js';
import type { CriterionState } from '../criteria/criterionState.js';
import { RatioState } from '../criteria/ratio.js';
import { RollingDistinct } from '../criteria/rollingDistinct.js';
import { SequenceState } from '../criteria/sequence.js';
import { StreakState } from '../criteria/streak.js';
import { skipMask, streakPeriod } from '../criteria/streakCalendar.js';
import type { RatioCriteria, StreakCriteria, StreakUnit, ValueCriteria } from '../packs/pack.js';
import type { Explanation } from './explanation.js';
import { wantedTypes } from './judgeEvent.js';

/** What is known of someone who has not reached the next threshold. */
export interface Lacking extends Pick<Explanation, 'value' | 'threshold' | 'missing' | 'missingSlugs' | 'missingSteps'> {
  /** What was counted in the current window. */
  counts: CriterionState | null;
  /** The calendar day where the user is. */
  today: number;
}

/** What would do, in words that stand for themselves; empty where nothing more is needed. */
export function describeNeeds(rule: Rule, lacking: Lacking): string {
  const { criteria } = rule.definition;
  if (lacking.missing === 0) return '';
  switch (criteria.type) {
    case 'count':
      return `${plural(lacking.missing, 'more event')} of ${wanted(rule)}${inOneWindow(rule)}.`;
    case 'sum':
    case 'max':
    case 'latest':
    case 'distinct':
      return valueNeeds(rule, criteria, lacking);
    case 'streak':
      return streakNeeds(criteria, lacking);
    case 'checklist':
      return `Still to do${inOneWindow(rule)}: ${lacking.missingSteps.join(', ')}.`;
    case 'sequence':
      return `Still to follow, in this order${criteria.within === null ? '' : ` and within ${criteria.within} of the first`}: ${lacking.missingSteps.join(', ')}.`;
    case 'ratio':
      return ratioNeeds(rule, criteria, lacking);
    case 'xp':
      return `${String(lacking.missing)} more XP.`;
    case 'achievements':
      return `Still to unlock: ${lacking.missingSlugs.join(', ')}.`;
    case 'manual':
      return rule.matchers.length === 0 ? 'It is granted by hand.' : `An event of ${wanted(rule)}, or a grant by hand.`;
  }
}

/** The steps that are still to be done, in the order of the definition. */
export function missingSteps(rule: Rule, counts: CriterionState | null, now: number): string[] {
  const { criteria } = rule.definition;
  if (criteria.type !== 'checklist' && criteria.type !== 'sequence') return [];
  const ids = criteria.steps.map(({ id }) => id);
  if (counts instanceof SequenceState) return ids.slice(counts.measure());
  if (counts instanceof ChecklistState) return ids.filter((id) => !counts.has(id));
  if (!(counts instanceof RollingDistinct)) return ids;
  const done = new Set(counts.keysAt(now));
  return ids.filter((id) => !done.has(id));
}

function valueNeeds(rule: Rule, { type, value }: ValueCriteria, { missing, threshold }: Lacking): string {
  const events = wanted(rule);
  switch (type) {
    case 'sum':
      return `${String(missing)} more in ${value}, added up over events of ${events}${inOneWindow(rule)}.`;
    case 'max':
      return `An event of ${events} with ${value} of at least ${String(threshold)}.`;
    case 'latest':
      return `A newest event of ${events} with ${value} of at least ${String(threshold)}.`;
    case 'distinct':
      return `${plural(missing, 'more value')} of ${value} that came not yet, in events of ${events}${inOneWindow(rule)}.`;
  }
}

function ratioNeeds(rule: Rule, { min, success }: RatioCriteria, { counts, threshold }: Lacking): string {
  const seen = counts instanceof RatioState ? counts : new RatioState(min);
  const row = seen.successesTo(threshold);
  const would =
    row === null
      ? 'All would have to be successes, and one was none.'
      : `${row === 1 ? 'One more success' : `${String(row)} successes in a row`} would do (${success}).`;
  const before = min - seen.matches;
  if (before <= 0) return would;
  const soFar = seen.matches === 0 ? '' : ` So far ${ratioWords(seen)}: ${ratioShown(seen)}, and ${String(threshold)} is needed.`;
  return `${plural(before, 'more event')} of ${wanted(rule)}${inOneWindow(rule)} before the ratio counts.${soFar} ${would}`;
}

/** `2 of 3 were successes`. */
export function ratioWords({ successes, matches }: RatioState): string {
  return `${String(successes)} of ${String(matches)} ${successes === 1 ? 'was a success' : 'were successes'}`;
}

/** To four places, rounded down: what is not reached never looks as if it were. */
export function ratioShown({ successes, matches }: RatioState): string {
  return String(Math.floor((successes * 10_000) / matches) / 10_000);
}

function streakNeeds({ every, skip, min, grace }: StreakCriteria, { counts, today, value, threshold }: Lacking): string {
  const each = min > 1 ? ` with at least ${String(min)} events each` : '';
  const needed = `${plural(threshold, every)} in a row${each} are needed`;
  const run = counts instanceof StreakState ? counts.lastRun() : null;
  if (run === null) return `${needed}.`;
  // The period that is under way may still be filled.
  const isAlive = latestPeriod(today, { every, skip: skipMask(skip) }) - run.last - 1 <= grace;
  const standing = isAlive ? `the current run is ${String(run.length)}` : `the last run ended with ${String(run.length)}`;
  return `${needed}; ${standing}, the longest ${String(value)}.`;
}

/** The streak's period that is under way, or the one before where the day is left out. */
function latestPeriod(today: number, calendar: { every: StreakUnit; skip: number }): number {
  for (let day = today; day > today - 7; day--) {
    const period = streakPeriod(day, calendar);
    if (period !== null) return period;
  }
  return 0;
}

function wanted(rule: Rule): string {
  const filters = new Set(rule.matchers.map(({ where }) => where?.text ?? ''));
  const [filter = ''] = filters;
  return filter === '' || filters.size > 1 ? wantedTypes(rule) : `${wantedTypes(rule)} with ${filter}`;
}

function inOneWindow({ unit, definition: { criteria } }: Rule): string {
  const window = 'window' in criteria ? criteria.window : null;
  if (window !== null && 'rolling' in window) return ` within ${window.rolling}`;
  return unit === null ? '' : ` in one ${unit}`;
}

function plural(count: number, noun: string, ending = 's'): string {
  return `${String(count)} ${noun}${count === 1 ? '' : ending}`;
}
