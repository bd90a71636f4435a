import { adoptState } from '../adoptState.js';
import { type Occasion, transitionFor } from '../byHand.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { xpRuleKey } from '../catalogue/compiledXpRule.js';
import { type Effects, NO_EFFECTS, type XpEffect } from '../effects.js';
import type { UnlockKey } from '../holdUnlocks.js';
import type { XpCap } from '../packs/pack.js';
import { cascade, completeIfAllHeld, forgetIfSettled, settleAll } from '../settle.js';
import { absorbState } from '../state/absorbState.js';
import type { HeldUnlock } from '../state/heldUnlocks.js';
import type { UserState } from '../state/userState.js';
import type { Transition } from '../transition.js';
import { paidFor, payXp } from '../unlock.js';
import { type PeriodKey, periodName } from '../windows/periodKey.js';

/** Two users who turn out to be one. */
export interface UsersToMerge {
  /** Who goes on: the state is changed. */
  into: UserState;
  /** Who ends: the state is used up. */
  from: UserState;
}

/** What became of an unlock of the user who ends. */
export interface MergedUnlock extends UnlockKey {
  /**
   * `taken`: the other never had it, and has it now as it was, taken back or not. `shared`: both hold it. `regained`: it was taken
   * back from the other, and is held again by what this one has.
   */
  became: 'taken' | 'shared' | 'regained';
}

export interface MergedUsers {
  /** Of the user who goes on: what both have together, and what that unlocks. */
  effects: Effects;
  /** Of the user who ends: the entry that closes the ledger. */
  closing: Effects;
  unlocks: readonly MergedUnlock[];
}

/**
 * Makes one user of two: counts are merged, unlocks united, and XP is added up, less what both were paid for the same. What only
 * both together reach unlocks, marked `backfilled`.
 */
export function mergeUsers(catalogue: Catalogue, { into, from }: UsersToMerge, occasion: Occasion): MergedUsers {
  const transition = transitionFor({ ...occasion, backfilled: true }, { catalogue, state: into });
  const closing = closeLedger(from, transition);
  adoptAll(catalogue, [into, from]);
  payLedger(transition, -closing.amount);
  settleCaps(transition, from);
  absorbState(into, from);
  const unlocks = [...uniteUnlocks(transition, from)];
  for (const slug of from.achievements.keys()) reopen(transition, slug);
  settleAll(transition);
  cascade(transition);
  return { effects: transition.finish(), closing: { ...NO_EFFECTS, xp: closing.amount === 0 ? [] : [closing] }, unlocks };
}

/** Both count the same from here on. */
function adoptAll(catalogue: Catalogue, states: readonly UserState[]): void {
  for (const state of states)
    for (const slug of state.achievements.keys()) {
      const rule = catalogue.rules.get(slug);
      if (rule !== undefined) adoptState(state, rule);
    }
}

function closeLedger(from: UserState, { cause }: Transition): XpEffect {
  const amount = 0 - from.xp;
  const of = { slug: null, level: null, period: null, ruleId: null };
  return { entryKey: `merged:${cause.id}`, amount, totalAfter: 0, reason: 'merge', ...of, occurredAt: cause.at, causedBy: cause.id };
}

function payLedger(transition: Transition, amount: number): void {
  const of = { slug: null, level: null, period: null, ruleId: null };
  payXp(transition, { entryKey: `merge:${transition.cause.id}`, amount, reason: 'merge', ...of });
}

/** A cap is for one user: what both were paid beyond it together is taken back. */
function settleCaps(transition: Transition, from: UserState): void {
  const { catalogue, state, cause } = transition;
  const capped = new Map<string, { id: string; cap: XpCap }>();
  for (const { pack, xpRules } of catalogue.packs.values())
    for (const rule of xpRules) if (rule.cap !== null) capped.set(xpRuleKey(pack, rule), { id: rule.id, cap: rule.cap });
  for (const [key, periods] of from.earnings) {
    const rule = capped.get(key);
    if (rule === undefined) continue;
    const within = (earned: number): number => Math.min(earned, rule.cap.amount);
    for (const [period, theirs] of periods) {
      const ours = state.earnings.get(key)?.get(period) ?? 0;
      const amount = within(ours + theirs) - within(ours) - within(theirs);
      const entryKey = `merge:${cause.id}:rule:${key}:${String(period)}`;
      payXp(transition, { entryKey, amount, reason: 'merge', slug: null, level: null, period: null, ruleId: rule.id });
    }
  }
}

function* uniteUnlocks(transition: Transition, from: UserState): Generator<MergedUnlock> {
  for (const [slug, { held }] of from.achievements)
    for (const { level, period, unlock } of held.entries()) {
      const became = uniteUnlock(transition, { slug, level, period, unlock });
      if (became !== null) yield { slug, level: level === '' ? null : level, period: periodName(period), became };
    }
}

interface HeldPoint {
  slug: string;
  level: string;
  period: PeriodKey;
  unlock: HeldUnlock;
}

/** null where the other has it, and nothing changes. */
function uniteUnlock(transition: Transition, { slug, level, period, unlock }: HeldPoint): MergedUnlock['became'] | null {
  const { state, catalogue, cause } = transition;
  const held = state.achievements.get(slug)?.held;
  if (held === undefined) throw new Error('what one has of an achievement was taken in before');
  const ours = held.get(level, period);
  if (ours === undefined) {
    held.put(level, period, unlock);
    return 'taken';
  }
  if (unlock.revoked) {
    // What a person took from either stays taken, whatever both have together.
    if (ours.retracted && !unlock.retracted) held.put(level, period, { ...ours, retracted: false });
    return null;
  }
  if (ours.revoked) {
    held.put(level, period, { ...unlock, turns: ours.turns + 1 });
    return 'regained';
  }
  const published = catalogue.rules.get(slug)?.levels.find(({ name }) => name === level);
  const paid = unlock.xpReward ?? published?.xpReward ?? 0;
  const entryKey = `merge:${cause.id}:unlock:${slug}:${level}:${periodName(period) ?? ''}`;
  payXp(transition, { entryKey, amount: 0 - paid, reason: 'merge', ...paidFor({ rule: { slug }, level: { name: level }, period }) });
  return 'shared';
}

/** What follows from all being held is found out anew. */
function reopen(transition: Transition, slug: string): void {
  const entry = transition.state.achievements.get(slug);
  const rule = transition.catalogue.rules.get(slug);
  transition.markProgress(slug);
  if (entry === undefined || rule === undefined) return;
  entry.reopen();
  if (completeIfAllHeld(entry, rule) || rule.unit === null || rule.once) return;
  for (const period of [...entry.periods.keys()]) forgetIfSettled(entry, rule, period);
}
