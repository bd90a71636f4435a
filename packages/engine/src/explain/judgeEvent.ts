import { matchesPattern } from '../catalogue/eventPattern.js';
import type { Rule } from '../catalogue/rule.js';
import { skipMask, streakPeriod } from '../criteria/streakCalendar.js';
import { refusedConsent } from '../eligibility.js';
import type { EngineEvent } from '../engineEvent.js';
import { EventContext } from '../expressions/eventContext.js';
import type { Scalar } from '../expressions/expression.js';
import { isInstant } from '../instant.js';
import { completeIfAllHeld } from '../settle.js';
import type { UserState } from '../state/userState.js';
import { periodOfDay } from '../windows/period.js';
import { periodKey, periodName } from '../windows/periodKey.js';
import type { NotCountedReason } from './explanation.js';

export type Verdict =
  | { counted: true; contributions: (Scalar | null)[]; window: number | null }
  | { counted: false; reason: NotCountedReason; detail: string };

/** What an event finds. */
export interface Circumstances {
  /** The user's achievements before the event. */
  state: UserState;
  /** The user's zone, tier and consent, after the event acted on them. */
  person: UserState;
  /** The calendar day of the event where the user is. */
  day: number;
}

/** Whether a rule counts an event, or the first reason why not. */
export function judgeEvent(rule: Rule, event: EngineEvent, at: Circumstances): Verdict {
  const matchers = rule.matchers.filter((matcher) => matcher.events.some((pattern) => matchesPattern(pattern, event.type)));
  if (!isInstant(event.occurredAt)) return refuse('evaluation_failed', 'The time that it occurred at is none.');
  if (matchers.length === 0) return refuse('other_type', `${event.type} is not among ${wantedTypes(rule)}.`);
  if (!isInEffect(rule, event))
    return refuse('version_not_in_effect', `Version ${String(rule.version)} counts what came after it was published.`);
  const entry = at.state.achievements.get(rule.slug);
  if (entry !== undefined && completeIfAllHeld(entry, rule)) return refuse('already_unlocked', 'All of it was unlocked before.');
  const consent = refusedConsent(rule, at.person);
  if (consent === 'opted_out') return refuse(consent, `The user had opted out of ${rule.definition.category}.`);
  if (consent === 'not_opted_in')
    return refuse(consent, `This is sensitive, and the user had not opted in to ${rule.definition.category}.`);

  const context = new EventContext().of(event);
  const steps: string[] = [];
  let firstRefusal: Verdict | null = null;
  for (const { where, step } of matchers) {
    const passes = where === null ? true : where.evaluate(context);
    if (passes === true) steps.push(step);
    else if (where !== null && passes === null)
      firstRefusal ??= refuse('evaluation_failed', `The filter ${where.text} failed: ${context.failure ?? 'for no known reason'}.`);
    else if (where !== null) firstRefusal ??= refuse('where_false', `The filter ${where.text} is false: ${where.describe(context)}.`);
  }
  if (steps.length === 0) return firstRefusal ?? refuse('where_false', 'No filter lets it pass.');
  const value = rule.value === null ? null : rule.value.evaluate(context);
  if (rule.value !== null && value === null)
    return refuse('evaluation_failed', `The value ${rule.value.text} failed: ${context.failure ?? 'for no known reason'}.`);
  return counted(rule, { steps, value, day: at.day });
}

/** What the event brings to the value. */
function counted(rule: Rule, { steps, value, day }: { steps: string[]; value: Scalar | null; day: number }): Verdict {
  const { criteria } = rule.definition;
  const window = rule.unit === null ? null : periodOfDay(rule.unit, day);
  if (criteria.type === 'checklist') return { counted: true, contributions: steps, window };
  if (criteria.type === 'streak') {
    if (streakPeriod(day, { every: criteria.every, skip: skipMask(criteria.skip) }) === null)
      return refuse('skipped_day', 'That day of the week is left out of the streak.');
    return { counted: true, contributions: [periodName(periodKey(criteria.every, periodOfDay(criteria.every, day)))], window };
  }
  return { counted: true, contributions: [value], window };
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

function refuse(reason: NotCountedReason, detail: string): Verdict {
  return { counted: false, reason, detail };
}
