import { adoptState } from './adoptState.js';
import type { Rule } from './catalogue/rule.js';
import type { Candidate } from './catalogue/ruleIndex.js';
import type { CriterionState, Match } from './criteria/criterionState.js';
import { isRolling } from './criteria/rollingState.js';
import { EVIDENCE_MAX } from './effects.js';
import { refusedConsent } from './eligibility.js';
import type { EventContext } from './expressions/eventContext.js';
import type { Scalar } from './expressions/expression.js';
import { completeIfAllHeld, forgetIfSettled, isPeriodSettled, settle } from './settle.js';
import type { AchievementState } from './state/achievementState.js';
import type { Transition } from './transition.js';
import { evidenceKey } from './unlock.js';
import { periodOfDay } from './windows/period.js';

/** Lets one rule count one event, and unlocks what its value then reaches. */
export function countEvent(transition: Transition, candidate: Candidate, counted: { match: Match; context: EventContext }): void {
  const { rule, matchers } = candidate;
  const { state, effects } = transition;
  const { match, context } = counted;
  const existing = state.achievementOf(rule);
  if (existing !== undefined && completeIfAllHeld(existing, rule)) return;
  if (refusedConsent(rule, transition) !== null) return;
  let target: Target | null = null;
  for (const { where, step } of matchers) {
    if (where !== null) {
      const passes = where.evaluate(context);
      if (passes === null) effects.evaluationFailures += 1;
      if (passes !== true) continue;
    }
    if (target === null) {
      const value = evaluateValue(transition, rule, context);
      if (value === undefined) return;
      match.value = value;
      const success = evaluateSuccess(transition, rule, context);
      if (success === null) return;
      match.success = success;
      target = openTarget(transition, { rule, existing }, match);
      if (target === null) return;
    }
    match.step = step;
    target.counts.add(match);
  }
  if (target !== null) finish(transition, rule, { target, match });
}

/** The counts that an event goes to. */
interface Target {
  entry: AchievementState;
  counts: CriterionState;
  window: number | null;
  before: number | null;
}

/** null for a criterion without `value`, undefined where it failed. */
function evaluateValue({ effects }: Transition, rule: Rule, context: EventContext): Scalar | null | undefined {
  if (rule.value === null) return null;
  const value = rule.value.evaluate(context);
  if (value !== null) return value;
  effects.evaluationFailures += 1;
  return undefined;
}

/** false for a criterion without `success`, null where it failed. */
function evaluateSuccess({ effects }: Transition, rule: Rule, context: EventContext): boolean | null {
  if (rule.success === null) return false;
  const success = rule.success.evaluate(context);
  if (typeof success === 'boolean') return success;
  effects.evaluationFailures += 1;
  return null;
}

/** null where the window of the event is settled and nothing can come of it, or is forgotten already. */
function openTarget(
  { state }: Transition,
  { rule, existing }: { rule: Rule; existing: AchievementState | undefined },
  { day, event }: Match,
): Target | null {
  const entry = adoptState(state, rule, existing);
  if (rule.unit === null) {
    const counts = (entry.lifetime ??= emptyCounts(rule));
    // What a rolling window shows changes with each match, and as time goes by.
    if (rule.rolling && isRolling(counts))
      return event.occurredAt < counts.forgetsBefore ? null : { entry, counts, window: null, before: null };
    return { entry, counts, window: null, before: counts.measure() };
  }
  const window = periodOfDay(rule.unit, day);
  if (window < entry.newestPeriod && !entry.periods.has(window) && isPeriodSettled(entry, rule, window)) return null;
  const newestBefore = entry.newestPeriod;
  const counts = entry.periodCounts(window, () => emptyCounts(rule));
  if (counts === null) return null;
  if (entry.newestPeriod !== newestBefore) forgetIfSettled(entry, rule, newestBefore);
  return { entry, counts, window, before: counts.measure() };
}

function emptyCounts(rule: Rule): CriterionState {
  const counts = rule.emptyCounts();
  if (counts === null) throw new Error(`${rule.slug} counts no events`);
  return counts;
}

function finish(transition: Transition, rule: Rule, { target, match }: { target: Target; match: Match }): void {
  const { state, effects } = transition;
  effects.matched.push(rule.published.key);
  if (state.evidence !== null) keepEvidence(state.evidence, evidenceKey(rule.slug, target.window), match.event.eventId);
  const { counts } = target;
  const value = rule.rolling && isRolling(counts) ? counts.measureAround(match.event.occurredAt) : counts.measure();
  if (value !== target.before) transition.markProgress(rule.slug);
  settle(transition, rule, { entry: target.entry, value, window: target.window });
}

function keepEvidence(evidence: Map<string, string[]>, key: string, eventId: string): void {
  const matches = evidence.get(key);
  if (matches === undefined) evidence.set(key, [eventId]);
  else if (matches.push(eventId) > EVIDENCE_MAX) matches.shift();
}
