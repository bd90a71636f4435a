import type { Rule } from '../catalogue/rule.js';
import { periodKey, periodName } from '../windows/periodKey.js';
import type { EventOutcome, Explanation, NotCountedEvent } from './explanation.js';
import type { Contribution, Refusal } from './judgeEvent.js';
import type { Found } from './replay.js';

interface Around {
  explained: Pick<Explanation, 'crossed' | 'period'>;
  /** Events that counted, but not towards the value that is shown. */
  others: readonly NotCountedEvent[];
  isPartial: boolean;
}

/** What became of one event. */
export function describeOutcome(rule: Rule, found: Found, of: Around): EventOutcome {
  const { event, verdict } = found;
  const base = { eventId: event.eventId, type: event.type, occurredAt: event.occurredAt };
  if (!verdict.counted) return { ...base, ...refused(verdict) };
  const crossed = of.explained.crossed.filter(({ eventId }) => eventId === event.eventId);
  const period = rule.unit === null || verdict.window === null ? null : periodName(periodKey(rule.unit, verdict.window));
  const value = of.isPartial ? null : { before: found.before, after: found.after };
  const blockedBy = found.isBelowTier && crossed.length === 0 ? ('below_tier' as const) : null;
  const outcome = { ...base, contribution: verdict.shown, period, value, blockedBy, crossed };
  // What unlocks each period has counted in its own; else only one period is looked at.
  if (period !== null && rule.once && crossed.length === 0 && of.explained.period !== null && of.explained.period !== period)
    return {
      ...outcome,
      counted: false,
      reason: 'outside_window',
      detail: `It counted in ${period}${valueWords(value)}. The period that is looked at now is ${of.explained.period}.`,
    };
  const detail = countedWords(rule, verdict, outcome);
  const left = rule.unit === null && crossed.length === 0 ? of.others.find(({ eventId }) => eventId === event.eventId) : undefined;
  return left === undefined
    ? { ...outcome, counted: true, reason: null, detail }
    : { ...outcome, counted: false, reason: left.reason, detail: `${detail} ${left.detail}` };
}

function refused({ reason, detail }: Refusal): Omit<EventOutcome, 'eventId' | 'type' | 'occurredAt'> {
  return { counted: false, reason, detail, contribution: null, period: null, value: null, blockedBy: null, crossed: [] };
}

function countedWords(
  rule: Rule,
  { shown }: Contribution,
  { period, value, blockedBy, crossed }: Pick<EventOutcome, 'period' | 'value' | 'blockedBy' | 'crossed'>,
): string {
  const as = shown === null ? '' : ` as ${JSON.stringify(shown)}`;
  const where = period === null ? '' : ` in ${period}`;
  const counted = `It counted${as}${where}${valueWords(value)}.`;
  const unlocked = crossed.map(({ level, period: of }) =>
    [level ?? `“${rule.definition.name}”`, of].filter((part) => part !== null).join(' for '),
  );
  if (unlocked.length > 0) return `${counted} It unlocked ${unlocked.join(', ')}.`;
  return blockedBy === null ? counted : `${counted} It could unlock nothing: the plan was below ${rule.definition.tierRequired ?? ''}.`;
}

function valueWords(value: EventOutcome['value']): string {
  if (value === null) return '';
  return value.before === value.after
    ? `, and the value stayed ${String(value.after)}`
    : `, and the value went from ${String(value.before)} to ${String(value.after)}`;
}
