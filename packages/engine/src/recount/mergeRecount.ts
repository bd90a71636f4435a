import { adoptState } from '../adoptState.js';
import { transitionFor } from '../byHand.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import type { Effects, UnlockEffect } from '../effects.js';
import { cascade, settleAll } from '../settle.js';
import type { UserState } from '../state/userState.js';
import type { Transition } from '../transition.js';
import { unlock } from '../unlock.js';
import { parsePeriodName } from '../windows/periodKey.js';
import { takeCounts } from './takeCounts.js';

/** What a recount of a user's history found. */
export interface Recount {
  /** The state that folding the history gave; it is used up. */
  scratch: UserState;
  slugs: readonly string[];
  /** The unlocks of folding the history by the recount's catalogue, in log order. */
  scratchUnlocks: readonly UnlockEffect[];
  /** What unlocks that only follow from the recount are put down to. */
  cause: string;
  at: number;
}

/**
 * Puts the counts of a recount in the place of what was counted before. What the history unlocked and is not held is
 * given, marked `backfilled`; nothing that is held is touched, so that doing it twice does no more than doing it once.
 */
export function mergeRecount(catalogue: Catalogue, state: UserState, recount: Recount): Effects {
  const transition = transitionFor({ at: recount.at, cause: recount.cause, backfilled: true }, { catalogue, state });
  const slugs = new Set(recount.slugs);
  for (const found of recount.scratchUnlocks) {
    const rule = catalogue.rules.get(found.definition.slug);
    if (rule !== undefined && slugs.has(rule.slug)) backfill(transition, rule, found);
  }
  for (const slug of recount.slugs) {
    const rule = catalogue.rules.get(slug);
    const counted = recount.scratch.achievements.get(slug);
    if (rule !== undefined && counted !== undefined) takeCounts(adoptState(state, rule), rule, counted);
    transition.markProgress(slug);
  }
  settleAll(transition);
  cascade(transition);
  return transition.finish();
}

/** Gives what the history unlocked, with the event and the instant that did it. */
export function backfill(transition: Transition, rule: Rule, found: UnlockEffect): void {
  const entry = adoptState(transition.state, rule);
  const period = parsePeriodName(found.period);
  const level = rule.levels.find((candidate) => candidate.name === (found.level ?? ''));
  if (period === null || level === undefined || entry.held.isGiven(level.name, period)) return;
  const cause = { ...transition.cause, at: found.unlockedAt, id: found.causedBy };
  transition.because(cause, () => {
    unlock(transition, entry, {
      rule,
      level: { ...level, threshold: found.threshold },
      period,
      value: found.value,
      window: null,
      byHand: false,
    });
  });
  const given = transition.unlocks.at(-1);
  if (given === undefined) return;
  given.periodStart = found.periodStart;
  given.periodEnd = found.periodEnd;
  given.message = found.message;
  if (found.evidence !== undefined) given.evidence = found.evidence;
}
