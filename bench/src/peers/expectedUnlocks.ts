import { type Catalogue, emptyState, fold, type UserState } from '@cairn/engine';
import { toEngineEvent } from '@cairn/rule-evaluator/parts';
import type { Submission } from '../pipeline/standardSubmissions.js';
import { admitStandard } from '../work/admitStandard.js';
import { unlockKey } from './unlockKey.js';

/** Every unlock that comes of these events, as keys. */
export function expectedUnlocks(catalogue: Catalogue, submissions: readonly Submission[]): Set<string> {
  const states = new Map<string, UserState>();
  const seen = new Set<string>();
  const unlocks = new Set<string>();
  for (const [i, event] of admitStandard(submissions).entries()) {
    if (seen.has(event.eventId)) continue;
    seen.add(event.eventId);
    const state = states.get(event.userId) ?? emptyState();
    states.set(event.userId, state);
    const effects = fold(catalogue, state, toEngineEvent(event, { sequence: i + 1, index: 0 }));
    for (const effect of effects.unlocks) unlocks.add(unlockKey(event.userId, effect));
  }
  return unlocks;
}
