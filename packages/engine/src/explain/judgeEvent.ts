import { matchesPattern } from '../catalogue/eventPattern.js';
import type { Matcher, Rule } from '../catalogue/rule.js';
import { skipMask, streakPeriod } from '../criteria/streakCalendar.js';
import { refusedConsent } from '../eligibility.js';
import type { EngineEvent } from '../engineEvent.js';
import { describeFailure, describeFalse } from '../expressions/describeExpression.js';
import { EventContext } from '../expressions/eventContext.js';
import type { Scalar } from '../expressions/expression.js';
import { isInstant } from '../instant.js';
import type { UserState } from '../state/userState.js';
import { periodOfDay } from '../windows/period.js';
import { periodKey, periodName } from '../windows/periodKey.js';
import type { NotCountedReason } from './explanation.js';

/** What an event brings to the value. */
export interface Contribution {
  /** The steps that it stands for; one without a name for criteria that have none. */
  steps: string[];
  value: Scalar | null;
  success: boolean;
  day: number;
  /** Its value, its steps, its period or whether it was a success, for people. */
  shown: Scalar | null;
  /** The index of its calendar window; null for a lifetime. */
  window: number | null;
}

export interface Refusal {
  counted: false;
  reason: NotCountedReason;
  detail: string;
}

export type Verdict = ({ counted: true } & Contribution) | Refusal;

/** What an event finds. */
export interface Circumstances {
  /** Whether nothing was left to unlock when it came. */
  isComplete: boolean;
  /** The user's zone, tier and consent, after the event acted on them. */
  person: UserState;
  /** The calendar day of the event where the user is. */
  day: number;
}

/** Whether a rule counts an event, or the first reason why not. */
export function judgeEvent(rule: Rule, event: EngineEvent, at: Circumstances): Verdict {
  if (!isInstant(event.occurredAt)) return refuse('evaluation_failed', 'The time that it occurred at is none.');
  const matchers = rule.matchers.filter((matcher) => matcher.events.some((pattern) => matchesPattern(pattern, event.type)));
  if (matchers.length === 0) return refuse('other_type', otherType(rule, event));
  if (!isInEffect(rule, event))
    return refuse('version_not_in_effect', `It came before version ${String(rule.version)}, which counts from its publication on.`);
  if (at.isComplete) return refuse('already_unlocked', 'All that there is to unlock had been unlocked before.');
  const consent = refusedConsent(rule, at.person);
  if (consent !== null) return refuse(consent, refusedWords(rule, consent));

  const context = new EventContext().of(event);
  const passed = passSteps(matchers, context);
  if ('reason' in passed) return passed;
  for (const [what, expression] of [['value', rule.value] as const, ['success', rule.success] as const]) {
    if (expression === null || expression.evaluate(context) !== null) continue;
    return refuse('evaluation_failed', `The ${what} ${expression.text} could not be evaluated: ${describeFailure(expression, context)}.`);
  }
  const value = rule.value?.evaluate(context) ?? null;
  return contribution(rule, { steps: passed.steps, value, success: rule.success?.evaluate(context) === true, day: at.day });
}

/** A recount has looked at all history; another first version begins where it was published, as does every restart. */
export function isInEffect(rule: Rule, event: EngineEvent): boolean {
  const { onPublish } = rule.definition;
  if (onPublish === 'recount' || event.sequence >= rule.published.sequence) return true;
  return onPublish === 'continue' && rule.version > 1;
}

export function wantedTypes(rule: Rule): string {
  return [...new Set(rule.matchers.flatMap((matcher) => matcher.events))].join(', ');
}

function otherType(rule: Rule, event: EngineEvent): string {
  return rule.matchers.length === 0
    ? 'No event counts for this achievement.'
    : `It is a ${event.type}; what counts is ${wantedTypes(rule)}.`;
}

function refusedWords(rule: Rule, consent: 'opted_out' | 'not_opted_in'): string {
  const { category } = rule.definition;
  return consent === 'opted_out'
    ? `The user had opted out of ${category}.`
    : `This achievement is sensitive, and the user had not opted in to ${category}.`;
}

/** The steps whose filter lets the event pass, or why none does. */
function passSteps(matchers: readonly Matcher[], context: EventContext): { steps: string[] } | Refusal {
  const steps: string[] = [];
  let firstRefusal: Refusal | null = null;
  for (const { where, step } of matchers) {
    const passes = where === null ? true : where.evaluate(context);
    if (passes === true) steps.push(step);
    else if (where !== null && passes === null)
      firstRefusal ??= refuse('evaluation_failed', `The filter ${where.text} could not be evaluated: ${describeFailure(where, context)}.`);
    else if (where !== null) firstRefusal ??= refuse('where_false', `The filter ${where.text} is false: ${describeFalse(where, context)}.`);
  }
  return steps.length > 0 ? { steps } : (firstRefusal ?? refuse('where_false', 'No filter lets it pass.'));
}

/** What the event brings to the value. */
function contribution(rule: Rule, found: Pick<Contribution, 'steps' | 'value' | 'success' | 'day'>): Verdict {
  const { steps, value, success, day } = found;
  const { criteria } = rule.definition;
  const brought = { ...found, counted: true as const, window: rule.unit === null ? null : periodOfDay(rule.unit, day) };
  if (criteria.type === 'checklist' || criteria.type === 'sequence') return { ...brought, shown: steps.join(', ') };
  if (criteria.type === 'ratio') return { ...brought, shown: success };
  if (criteria.type !== 'streak') return { ...brought, shown: value };
  if (streakPeriod(day, { every: criteria.every, skip: skipMask(criteria.skip) }) === null)
    return refuse('skipped_day', 'That day of the week is left out of the streak.');
  return { ...brought, shown: periodName(periodKey(criteria.every, periodOfDay(criteria.every, day))) };
}

export function refuse(reason: NotCountedReason, detail: string): Refusal {
  return { counted: false, reason, detail };
}
