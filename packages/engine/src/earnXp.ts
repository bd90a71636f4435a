import type { CompiledXpRule } from './catalogue/compiledXpRule.js';
import type { CountedEvent } from './countedEvent.js';
import type { EventContext } from './expressions/eventContext.js';
import { XP_AMOUNT_MAX } from './packs/limits.js';
import type { Transition } from './transition.js';
import { payXp } from './unlock.js';
import { periodOfDay } from './windows/period.js';

/** Pays the XP that a rule gives for an event, up to its cap in the user's calendar period. */
export function earnXp(transition: Transition, xpRule: CompiledXpRule, { match, context }: CountedEvent): void {
  const { state } = transition;
  if (state.consent.outOfAll) return;
  const { where } = xpRule.matcher;
  if (where !== null) {
    const passes = where.evaluate(context);
    if (passes === null) transition.evaluationFailures += 1;
    if (passes !== true) return;
  }
  const amount = amountOf(transition, xpRule, context);
  if (amount === null) return;
  const due = withinCap(transition, xpRule, { amount, day: match.day });
  payXp(transition, {
    entryKey: `rule:${xpRule.key}:${match.event.eventId}`,
    amount: due,
    reason: 'rule',
    slug: null,
    level: null,
    period: null,
    ruleId: xpRule.rule.id,
  });
}

function amountOf(transition: Transition, { amount }: CompiledXpRule, context: EventContext): number | null {
  if (typeof amount === 'number') return amount;
  const value = amount.evaluate(context);
  if (typeof value === 'number' && Math.abs(value) <= XP_AMOUNT_MAX) return Math.trunc(value) + 0;
  transition.evaluationFailures += 1;
  return null;
}

/** The total of a period is min(Σ amounts, cap), so what an event pays is by how much it moves that. */
function withinCap({ state }: Transition, { rule, key }: CompiledXpRule, { amount, day }: { amount: number; day: number }): number {
  if (rule.cap === null || amount === 0) return amount;
  let periods = state.earnings.get(key);
  if (periods === undefined) state.earnings.set(key, (periods = new Map<number, number>()));
  const period = periodOfDay(rule.cap.per, day);
  const before = periods.get(period) ?? 0;
  periods.set(period, before + amount);
  return Math.min(before + amount, rule.cap.amount) - Math.min(before, rule.cap.amount);
}
