import { adoptState } from '../adoptState.js';
import { isBuiltIn } from '../builtInTypes.js';
import { type Occasion, transitionFor } from '../byHand.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { xpRuleKey } from '../catalogue/compiledXpRule.js';
import type { Rule } from '../catalogue/rule.js';
import type { Effects, UnlockEffect } from '../effects.js';
import type { UnlockKey } from '../holdUnlocks.js';
import { backfill } from '../recount/mergeRecount.js';
import { takeCounts } from '../recount/takeCounts.js';
import { takeBack } from '../revoke.js';
import { cascade, derivedValue, settleAll } from '../settle.js';
import type { AchievementState } from '../state/achievementState.js';
import type { UserState } from '../state/userState.js';
import type { Transition } from '../transition.js';
import { payXp } from '../unlock.js';
import { NO_PERIOD, periodName } from '../windows/periodKey.js';

/** An event that is taken out of a user's history, and what the history gives with it and without. */
export interface Retraction extends Occasion {
  event: { eventId: string; type: string };
  reason: string;
  /** The achievements that it may have counted for. */
  slugs: readonly string[];
  /** States that folding the history of those gave; they are used up. */
  history: { with: UserState; without: UserState; unlocks: readonly UnlockEffect[] };
  /** Whether a person gave the unlock: it stays. */
  isGranted(key: UnlockKey): boolean;
  /** What an XP rule, by its key, has paid for the event; 0 for nothing. */
  paidBy(xpRule: string): number;
}

/**
 * Takes an event out of what was counted. What the user holds only because of it is kept or revoked, as its definition says; what
 * was paid is taken back by entries of its own. What counts otherwise afterwards may unlock again.
 */
export function retract(catalogue: Catalogue, state: UserState, retraction: Retraction): Effects {
  const { at, cause, slugs, history } = retraction;
  const transition = transitionFor({ at, cause, backfilled: true }, { catalogue, state });
  const before = new Map(catalogue.derivedRules.map((rule) => [rule.slug, derivedValue(state, rule) ?? 0]));
  if (isBuiltIn(retraction.event.type)) takeChoices(state, history.without);
  for (const slug of slugs) {
    const rule = catalogue.rules.get(slug);
    if (rule !== undefined && !rule.isDerived) retractFrom(transition, rule, retraction);
  }
  takePaid(transition, retraction);
  takeDerived(transition, before, retraction);
  giveFound(transition, retraction);
  if (isBuiltIn(retraction.event.type)) settleAll(transition);
  cascade(transition);
  return transition.finish();
}

function takeChoices(state: UserState, { zone, tier, consent }: UserState): void {
  Object.assign(state, { zone, tier, consent });
}

function retractFrom(transition: Transition, rule: Rule, retraction: Retraction): void {
  const { with: counted, without } = retraction.history;
  for (const key of lostBetween(rule.slug, counted, without)) takeUnlock(transition, { rule, key, retraction });
  const left = without.achievements.has(rule.slug) ? adoptState(without, rule) : null;
  if (left === null && !transition.state.achievements.has(rule.slug)) return;
  takeCounts(adoptState(transition.state, rule), rule, left);
  transition.markProgress(rule.slug);
}

/** What the history unlocks with the event alone. */
function* lostBetween(slug: string, counted: UserState, without: UserState): Generator<UnlockKey> {
  const kept: AchievementState | undefined = without.achievements.get(slug);
  for (const { level, period } of counted.achievements.get(slug)?.held.entries() ?? []) {
    if (kept?.held.get(level, period) !== undefined) continue;
    yield { slug, level: level === '' ? null : level, period: periodName(period) };
  }
}

function takeUnlock(transition: Transition, of: { rule: Rule; key: UnlockKey; retraction: Retraction }): boolean {
  const { rule, key, retraction } = of;
  const { at, cause, reason } = retraction;
  if (rule.definition.onRetract !== 'revoke' || retraction.isGranted(key)) return false;
  return takeBack(transition, { ...key, at, cause, reason, isRetracted: true });
}

/** An entry takes back exactly what a rule has paid for the event; what others earned under a cap stays as it is. */
function takePaid(transition: Transition, { event, paidBy }: Retraction): void {
  for (const { pack, xpRules } of transition.catalogue.packs.values()) {
    for (const rule of xpRules) {
      const key = xpRuleKey(pack, rule);
      if (rule.onRetract !== 'revoke') continue;
      const entryKey = `retraction:${key}:${event.eventId}`;
      // Nothing of it is no entry, and none is of minus zero.
      const amount = 0 - paidBy(key);
      payXp(transition, { entryKey, amount, reason: 'revocation', slug: null, level: null, period: null, ruleId: rule.id });
    }
  }
}

/** What was measured from what is taken back, and what was measured from that. An unlock is taken once, so it ends. */
function takeDerived(transition: Transition, before: ReadonlyMap<string, number>, retraction: Retraction): void {
  let isChanged: boolean;
  do {
    isChanged = false;
    for (const rule of transition.catalogue.derivedRules) {
      const value = derivedValue(transition.state, rule) ?? 0;
      for (const level of rule.levels) {
        if (value >= level.threshold || (before.get(rule.slug) ?? 0) < level.threshold) continue;
        const key = { slug: rule.slug, level: level.name === '' ? null : level.name, period: periodName(NO_PERIOD) };
        isChanged = takeUnlock(transition, { rule, key, retraction }) || isChanged;
      }
    }
  } while (isChanged);
}

/** Without the event, more may count than with it: a value that it replaced, what it opted out of. */
function giveFound(transition: Transition, { history }: Retraction): void {
  for (const found of history.unlocks) {
    const rule = transition.catalogue.rules.get(found.definition.slug);
    if (rule !== undefined) backfill(transition, rule, found);
  }
}
