import { applyBuiltIn } from './builtInEvents.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { Candidates } from './catalogue/ruleIndex.js';
import { countEvent } from './countEvent.js';
import { CountedEvent } from './countedEvent.js';
import { earnXp } from './earnXp.js';
import { type Effects, FAILED_EFFECTS, NO_EFFECTS } from './effects.js';
import type { EngineEvent } from './engineEvent.js';
import { isInstant } from './instant.js';
import { cascade, settleAll } from './settle.js';
import type { UserState } from './state/userState.js';
import { type Cause, Transition } from './transition.js';

// Folding an event is not interrupted and folds no other, so one of each serves for all: making them anew would cost as much
// as counting.
const cause: Cause = { at: 0, id: '', userId: null, backfilled: false };
let step: Transition | null = null;
let counted: CountedEvent | null = null;

/**
 * The engine: one event of a user changes the user's state, and what else it brought about comes back. The caller has
 * dropped duplicates and calls in the order of the log. Never throws on data: what cannot be evaluated is counted.
 */
export function fold(catalogue: Catalogue, state: UserState, event: EngineEvent): Effects {
  const candidates = catalogue.index.candidatesOf(event.type);
  const { isBuiltIn } = candidates;
  if (!isBuiltIn && candidates.rules.length === 0 && candidates.xpRules.length === 0) return NO_EFFECTS;

  if (catalogue.keepsEvidence) state.evidence ??= new Map();
  // Nothing can be said about when it happened, so nothing is counted.
  if (!isInstant(event.occurredAt)) return FAILED_EFFECTS;
  cause.at = event.occurredAt;
  cause.id = event.eventId;
  cause.userId = event.userId;
  cause.backfilled = event.backfill;
  step ??= new Transition(catalogue, state, cause);
  step.begin(catalogue, state, cause);
  step.widened = isBuiltIn && applyBuiltIn(step, event);
  countByAll(step, event, candidates);
  return step.finish();
}

/** Lets all that listens to an event count it, and unlocks what follows. */
export function countByAll(transition: Transition, event: EngineEvent, candidates: Candidates): void {
  const found = transition.state.foundFor(candidates);
  counted ??= new CountedEvent(event, found);
  counted.begin(event, transition.zone.dayOf(event.occurredAt), found);
  for (const candidate of candidates.rules) countEvent(transition, candidate, counted);
  for (const xpRule of candidates.xpRules) earnXp(transition, xpRule, counted);
  const { widened } = transition;
  if (widened) settleAll(transition);
  if (widened || transition.hasPaid || transition.unlocks.length > 0) settleDerived(transition);
}

/** Measures XP and held achievements again, which is due only where they changed or more of them counts. */
function settleDerived(transition: Transition): void {
  cascade(transition);
  const { catalogue, state } = transition;
  const unlocked = new Set(transition.unlocks.map((unlock) => unlock.definition.slug));
  for (const { slug, version, definition } of catalogue.derivedRules) {
    if (state.achievements.get(slug)?.completedVersion === version) continue;
    const { criteria } = definition;
    const moved =
      criteria.type === 'xp'
        ? transition.hasPaid
        : criteria.type === 'achievements' && criteria.slugs.some((listed) => unlocked.has(listed));
    if (moved) transition.markProgress(slug);
  }
}
