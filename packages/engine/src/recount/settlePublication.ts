import { adoptState } from '../adoptState.js';
import type { Rule } from '../catalogue/rule.js';
import { cascade, derivedValue, settle } from '../settle.js';
import type { Transition } from '../transition.js';
import { payXp } from '../unlock.js';
import { NO_PERIOD } from '../windows/periodKey.js';
import { giveFound } from './giveFound.js';
import type { LivedBefore, Moment } from './recountMerge.js';
import type { RecountStep } from './recountStep.js';

/**
 * What a recount gives at its publication: what the history before it unlocked, each put down to the event that did it.
 * XP is paid here, not in the past, so an `xp` achievement counts what the ledger had reached before, and then what is paid
 * now; one that lists others goes by the unlock that completed its list.
 */
export function settlePublication(transition: Transition, from: { steps: readonly RecountStep[]; before: LivedBefore }): void {
  const moments = new Map(from.before.unlocks);
  const publication = { ...transition.cause };
  const put = (moment: Moment, work: () => void): void => {
    transition.because({ ...publication, at: moment.at, id: moment.cause }, () => {
      const given = transition.unlocks.length;
      work();
      settleXp(transition);
      for (const { definition } of transition.unlocks.slice(given)) if (!moments.has(definition.slug)) moments.set(definition.slug, moment);
    });
  };
  settleReached(transition, from.before.xp, moments);
  for (const step of from.steps) {
    const { sequence, index } = step;
    if (step.kind === 'unlock')
      put({ sequence, index, at: step.effect.unlockedAt, cause: step.effect.causedBy }, () => giveFound(transition, step.effect));
    if (step.kind === 'earning')
      put({ sequence, index, at: step.effect.occurredAt, cause: step.effect.causedBy }, () => payXp(transition, step.effect));
  }
  while (settleLists(transition, moments, put));
  cascade(transition);
}

/** What the ledger alone had reached. */
function settleReached(transition: Transition, reached: LivedBefore['xp'], moments: Map<string, Moment>): void {
  for (const [slug, reachedAt] of reached) {
    const rule = transition.catalogue.rules.get(slug);
    if (rule === undefined) continue;
    for (const { total, ...moment } of reachedAt)
      transition.because({ ...transition.cause, at: moment.at, id: moment.cause }, () => {
        const given = transition.unlocks.length;
        settle(transition, rule, { entry: adoptState(transition.state, rule), value: total, window: null });
        if (transition.unlocks.length > given && !moments.has(slug)) moments.set(slug, moment);
      });
  }
}

/** What XP adds up to now, again and again, since that pays XP too. */
function settleXp(transition: Transition): void {
  const { state, catalogue } = transition;
  let settled: number;
  do {
    settled = transition.unlocks.length;
    for (const rule of catalogue.derivedRules) {
      if (rule.definition.criteria.type !== 'xp' || state.xp < (rule.levels[0]?.threshold ?? 0)) continue;
      settle(transition, rule, { entry: adoptState(state, rule), value: state.xp, window: null });
    }
  } while (transition.unlocks.length > settled);
}

/** Unlocks lists that are complete, each by the unlock that completed it. Whether there was any. */
function settleLists(
  transition: Transition,
  moments: ReadonlyMap<string, Moment>,
  put: (moment: Moment, work: () => void) => void,
): boolean {
  const { state, catalogue, cause } = transition;
  const given = transition.unlocks.length;
  for (const rule of catalogue.derivedRules) {
    const held = derivedValue(state, rule) ?? 0;
    if (rule.definition.criteria.type !== 'achievements' || held < (rule.levels[0]?.threshold ?? 0)) continue;
    const inOrder = momentsOf(rule, { transition, moments });
    for (const { name, threshold } of rule.levels) {
      if (threshold > held || state.achievements.get(rule.slug)?.held.isGiven(name, NO_PERIOD) === true) continue;
      const moment = inOrder[Math.ceil(threshold) - 1] ?? { sequence: 0, index: 0, at: cause.at, cause: cause.id };
      put(moment, () => {
        settle(transition, rule, { entry: adoptState(state, rule), value: threshold, window: null });
      });
    }
  }
  return transition.unlocks.length > given;
}

/** When each of the listed that are held was unlocked first, in log order. */
function momentsOf(rule: Rule, known: { transition: Transition; moments: ReadonlyMap<string, Moment> }): Moment[] {
  const { criteria } = rule.definition;
  if (criteria.type !== 'achievements') return [];
  const { achievements } = known.transition.state;
  return criteria.slugs
    .filter((slug) => achievements.get(slug)?.held.any === true)
    .map((slug) => known.moments.get(slug))
    .filter((moment) => moment !== undefined)
    .sort((a, b) => a.sequence - b.sequence || a.index - b.index);
}
