import { isBuiltIn } from '../builtInTypes.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { UnlockEffect } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { emptyState, type UserState } from '../state/userState.js';
import { type CountedVersions, VersionPhases } from './VersionPhases.js';

/** What an event of a type may have counted for: everything, where it is one that changes how its user is counted. */
export function slugsConcernedBy(catalogue: Catalogue, type: string): string[] {
  if (!isBuiltIn(type)) return catalogue.index.candidatesOf(type).rules.map(({ rule }) => rule.slug);
  return [...catalogue.rules.values()].filter(({ isDerived }) => !isDerived).map(({ slug }) => slug);
}

/** One user's history with an event and without it, each folded by the versions that counted it then. */
export class RetractedHistory {
  readonly with: UserState = emptyState();
  readonly without: UserState = emptyState();
  /** What the history without the event unlocks, in log order. */
  readonly unlocks: UnlockEffect[] = [];
  readonly #phases: VersionPhases;

  constructor(catalogue: Catalogue, versions: readonly CountedVersions[]) {
    this.#phases = new VersionPhases(catalogue, versions);
  }

  /** Calls come in the order of the log, without duplicates and without what was retracted before. */
  fold(event: EngineEvent, of: { isRetracted: boolean }): void {
    const catalogue = this.#phases.at(event.sequence);
    fold(catalogue, this.with, event);
    if (!of.isRetracted) this.unlocks.push(...fold(catalogue, this.without, event).unlocks);
  }
}
