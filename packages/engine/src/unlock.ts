import type { Rule, RuleLevel } from './catalogue/rule.js';
import { isRolling } from './criteria/rollingState.js';
import { EVIDENCE_MAX, type UnlockEffect, type XpEffect } from './effects.js';
import type { AchievementState } from './state/achievementState.js';
import type { Transition } from './transition.js';
import { firstDayOf } from './windows/period.js';
import { NO_PERIOD, type PeriodKey, periodName } from './windows/periodKey.js';

/** Which unlock: a level of an achievement in a period, and the calendar window it was reached in. */
export interface UnlockPoint {
  rule: Rule;
  level: RuleLevel;
  period: PeriodKey;
  value: number;
  /** The index of the calendar window; null for a lifetime. */
  window: number | null;
  /** Put down to the cause alone, whatever was counted. */
  byHand: boolean;
}

/** As much of it as the ledger names. */
interface PaidPoint {
  rule: { slug: string };
  level: { name: string };
  period: PeriodKey;
}

/** Gives an unlock that is not held: notes it, pays its XP. */
export function unlock(transition: Transition, entry: AchievementState, point: UnlockPoint): void {
  const { rule, level, period } = point;
  const before = entry.held.get(level.name, period);
  const turns = before === undefined ? 0 : before.turns + 1;
  const single = period === NO_PERIOD;
  entry.held.put(level.name, period, {
    xpReward: level.xpReward,
    value: single ? point.value : null,
    threshold: single ? level.threshold : null,
    revoked: false,
    retracted: false,
    turns,
  });
  const { state, cause } = transition;
  payXp(transition, {
    entryKey: entryKey('unlock', point, turns),
    amount: level.xpReward,
    reason: 'unlock',
    ...paidFor(point),
  });
  const derived = point.byHand || rule.isDerived || rule.definition.criteria.type === 'manual';
  const effect: UnlockEffect = {
    definition: rule.published,
    level: level.name === '' ? null : level.name,
    period: periodName(period),
    ...windowBounds(transition, entry, point),
    value: point.value,
    threshold: level.threshold,
    xpReward: level.xpReward,
    xpTotal: state.xp,
    unlockedAt: cause.at,
    causedBy: cause.id,
    backfilled: cause.backfilled,
    restored: before !== undefined,
    // The template speaks of what was reached: it would not be true of what a person gave before that.
    message: point.value < level.threshold ? null : fillMessage(transition, point),
    evidenceFrom: derived ? 'cause' : 'matches',
  };
  const matches = state.evidence?.get(evidenceKey(rule.slug, point.window));
  if (!derived && matches !== undefined) effect.evidence = matches.slice(-EVIDENCE_MAX);
  transition.noteUnlock(effect);
  transition.markProgress(rule.slug);
}

/** Adds to the user's XP and to the ledger; nothing of it is no entry. */
export function payXp(
  transition: Transition,
  entry: Pick<XpEffect, 'entryKey' | 'amount' | 'reason' | 'slug' | 'level' | 'period' | 'ruleId'>,
): void {
  if (entry.amount === 0) return;
  const { state, cause } = transition;
  state.xp += entry.amount;
  transition.noteXp({ ...entry, totalAfter: state.xp, occurredAt: cause.at, causedBy: cause.id });
}

/** What an entry in the ledger says of the unlock that it is paid for. */
export function paidFor({ rule, level, period }: PaidPoint): Pick<XpEffect, 'slug' | 'level' | 'period' | 'ruleId'> {
  return { slug: rule.slug, level: level.name === '' ? null : level.name, period: periodName(period), ruleId: null };
}

/** The key of an unlock's entry in the ledger; `turns` tells the entries of one that was revoked and restored apart. */
export function entryKey(kind: 'unlock' | 'revocation', point: PaidPoint, turns: number): string {
  const key = `${kind}:${point.rule.slug}:${point.level.name}:${periodName(point.period) ?? ''}`;
  return turns <= 1 ? key : `${key}:${String(turns)}`;
}

/** Where the matches of an achievement in one window are kept during a recount. */
export function evidenceKey(slug: string, window: number | null): string {
  return window === null ? slug : `${slug} ${String(window)}`;
}

function windowBounds(
  { zone, cause }: Transition,
  { lifetime }: AchievementState,
  { rule, window, value, byHand }: UnlockPoint,
): { periodStart: number | null; periodEnd: number | null } {
  if (!byHand && lifetime !== null && isRolling(lifetime)) {
    const windows = [lifetime.bestWindow(cause.at), lifetime.bestWindow(null)];
    const reached = windows.find((candidate) => candidate?.value === value);
    return { periodStart: reached?.start ?? null, periodEnd: reached?.end ?? null };
  }
  if (rule.unit === null || window === null) return { periodStart: null, periodEnd: null };
  return { periodStart: zone.startOfDay(firstDayOf(rule.unit, window)), periodEnd: zone.startOfDay(firstDayOf(rule.unit, window + 1)) };
}

function fillMessage({ cause }: Transition, { rule, level, period, value }: UnlockPoint): string | null {
  const { message, name } = rule.definition;
  if (message === null) return null;
  const values: Record<string, string> = {
    value: String(value),
    threshold: String(level.threshold),
    name,
    level: level.name,
    period: periodName(period) ?? '',
  };
  if (cause.userId !== null) values.user = cause.userId;
  return message.replace(/\{([a-z]+)\}/g, (placeholder, key: string) =>
    Object.hasOwn(values, key) ? (values[key] ?? placeholder) : placeholder,
  );
}
