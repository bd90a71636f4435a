import { adoptState } from './adoptState.js';
import type { Matcher, Rule } from './catalogue/rule.js';
import type { Candidate } from './catalogue/ruleIndex.js';
import type { CountedEvent } from './countedEvent.js';
import type { CriterionState, Match } from './criteria/criterionState.js';
import { isRolling } from './criteria/rollingState.js';
import { EVIDENCE_MAX } from './effects.js';
import { refusedConsent } from './eligibility.js';
import { completeIfAllHeld, forgetIfSettled, isPeriodSettled, settle } from './settle.js';
import type { AchievementState } from './state/achievementState.js';
import type { UserState } from './state/userState.js';
import type { Transition } from './transition.js';
import { evidenceKey } from './unlock.js';
import { periodOfDay } from './windows/period.js';

/** Lets one rule count one event, and unlocks what its value then reaches. */
export function countEvent(transition: Transition, candidate: Candidate, counted: CountedEvent): void {
  const { rule } = candidate;
  const { state } = transition;
  const existing = state.achievementOf(candidate, counted.found);
  if (existing !== undefined && isCompleted(state, existing, rule)) return;
  if (refusedConsent(rule, transition) !== null) return;
  const first = firstPassing(transition, candidate.matchers, counted);
  if (first === undefined || !evaluate(transition, rule, counted)) return;

  const { match } = counted;
  const entry = adoptState(state, rule, existing);
  const window = rule.unit === null ? null : periodOfDay(rule.unit, match.day);
  const counts = window === null ? lifetimeCounts(entry, rule, match) : periodCounts(entry, rule, window);
  if (counts === null) return;
  match.step = first.step;
  let isMoved = counts.add(match);
  if (candidate.matchers.length > 1) isMoved = addFurtherSteps(transition, candidate, { counts, counted, first }) || isMoved;

  transition.noteMatch(rule.published.key);
  if (state.evidence !== null) keepEvidence(state.evidence, evidenceKey(rule.slug, window), match.event.eventId);
  if (isMoved) transition.markProgress(rule.slug);
  const value = rule.rolling && isRolling(counts) ? counts.measureAround(match.event.occurredAt) : counts.measure();
  if (value !== null && value >= rule.thresholdMin) settle(transition, rule, { entry, value, window });
}

/** Whether nothing is counted any more, which for a new version may show only now. */
function isCompleted(state: UserState, existing: AchievementState, rule: Rule): boolean {
  const before = existing.completedVersion;
  const isComplete = completeIfAllHeld(existing, rule);
  if (before !== existing.completedVersion) state.written.note(existing);
  return isComplete;
}

function firstPassing(transition: Transition, matchers: readonly Matcher[], counted: CountedEvent): Matcher | undefined {
  for (const matcher of matchers) if (passes(transition, matcher, counted)) return matcher;
  return undefined;
}

function passes(transition: Transition, { where }: Matcher, { context }: CountedEvent): boolean {
  if (where === null) return true;
  const passed = where.evaluate(context);
  if (passed === null) transition.evaluationFailures += 1;
  return passed === true;
}

/** One event can be several steps of a checklist or a sequence. Whether any of them but the first moved the value. */
function addFurtherSteps(
  transition: Transition,
  { matchers }: Candidate,
  { counts, counted, first }: { counts: CriterionState; counted: CountedEvent; first: Matcher },
): boolean {
  let isMoved = false;
  for (const matcher of matchers.slice(matchers.indexOf(first) + 1)) {
    if (!passes(transition, matcher, counted)) continue;
    counted.match.step = matcher.step;
    isMoved = counts.add(counted.match) || isMoved;
  }
  return isMoved;
}

/** What `value` and `success` yield goes into the match. Whether neither failed. */
function evaluate(transition: Transition, { value, success }: Rule, { match, context }: CountedEvent): boolean {
  match.value = null;
  match.success = false;
  if (value !== null) {
    match.value = value.evaluate(context);
    if (match.value === null) transition.evaluationFailures += 1;
    if (match.value === null) return false;
  }
  if (success === null) return true;
  const succeeded = success.evaluate(context);
  if (succeeded === null) transition.evaluationFailures += 1;
  match.success = succeeded === true;
  return succeeded !== null;
}

/** null where they have forgotten the time that the event is of. */
function lifetimeCounts(entry: AchievementState, rule: Rule, { event }: Match): CriterionState | null {
  const counts = (entry.lifetime ??= emptyCounts(rule));
  return rule.rolling && isRolling(counts) && event.occurredAt < counts.forgetsBefore ? null : counts;
}

/** null where the window is settled and nothing can come of it, or there is no room for one so old. */
function periodCounts(entry: AchievementState, rule: Rule, window: number): CriterionState | null {
  const kept = entry.countsOf(window);
  if (kept !== undefined) return kept;
  const { newestPeriod } = entry;
  if (window < newestPeriod && isPeriodSettled(entry, rule, window)) return null;
  const counts = entry.beginPeriod(window, emptyCounts(rule));
  if (window > newestPeriod) forgetIfSettled(entry, rule, newestPeriod);
  return counts;
}

function emptyCounts(rule: Rule): CriterionState {
  const counts = rule.emptyCounts();
  if (counts === null) throw new Error(`${rule.slug} counts no events`);
  return counts;
}

function keepEvidence(evidence: Map<string, string[]>, key: string, eventId: string): void {
  const matches = evidence.get(key);
  if (matches === undefined) evidence.set(key, [eventId]);
  else if (matches.push(eventId) > EVIDENCE_MAX) matches.shift();
}
