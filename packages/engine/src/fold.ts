import { applyBuiltIn, isBuiltIn } from './builtInEvents.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { Candidates } from './catalogue/ruleIndex.js';
import { countEvent } from './countEvent.js';
import type { Match } from './criteria/criterionState.js';
import { earnXp } from './earnXp.js';
import { type Effects, noEffects } from './effects.js';
import type { EngineEvent } from './engineEvent.js';
import { EventContext } from './expressions/eventContext.js';
import { isInstant } from './instant.js';
import { cascade, settleAll } from './settle.js';
import type { UserState } from './state/userState.js';
import { Transition } from './transition.js';

/**
 * The engine: one event of a user changes the user's state, and what else it brought about comes back. The caller has
 * dropped duplicates and calls in the order of the log. Never throws on data: what cannot be evaluated is counted.
 */
export function fold(catalogue: Catalogue, state: UserState, event: EngineEvent): Effects {
  const candidates = catalogue.index.candidatesOf(event.type);
  const actsItself = isBuiltIn(event.type);
  if (!actsItself && candidates.rules.length === 0 && candidates.xpRules.length === 0) return noEffects();

  if (catalogue.keepsEvidence) state.evidence ??= new Map();
  // Nothing can be said about when it happened, so nothing is counted.
  if (!isInstant(event.occurredAt)) return { ...noEffects(), evaluationFailures: 1 };
  const transition = new Transition(catalogue, state, { at: event.occurredAt, id: event.eventId, userId: event.userId, backfilled: false });
  const widened = actsItself && applyBuiltIn(transition, event);
  countByAll(transition, event, { candidates, widened });
  return transition.effects;
}

/** Lets all that listens to an event count it, and unlocks what follows. `widened`: more may unlock or count than before. */
export function countByAll(transition: Transition, event: EngineEvent, by: { candidates: Candidates; widened: boolean }): void {
  const { candidates, widened } = by;
  const match: Match = { event, day: transition.zone.dayOf(event.occurredAt), value: null, step: '', success: false };
  const context = new EventContext().of(event);
  for (const candidate of candidates.rules) countEvent(transition, candidate, { match, context });
  for (const xpRule of candidates.xpRules) earnXp(transition, xpRule, { day: match.day, eventId: event.eventId, context });
  if (widened) settleAll(transition);
  if (widened || transition.effects.xp.length > 0 || transition.effects.unlocks.length > 0) settleDerived(transition);
}

/** Measures XP and held achievements again, which is due only where they changed or more of them counts. */
function settleDerived(transition: Transition): void {
  cascade(transition);
  const { effects, catalogue, state } = transition;
  const unlocked = new Set(effects.unlocks.map((unlock) => unlock.definition.slug));
  for (const { slug, version, definition } of catalogue.derivedRules) {
    if (state.achievements.get(slug)?.completedVersion === version) continue;
    const { criteria } = definition;
    const moved =
      criteria.type === 'xp'
        ? effects.xp.length > 0
        : criteria.type === 'achievements' && criteria.slugs.some((listed) => unlocked.has(listed));
    if (moved) transition.markProgress(slug);
  }
}
