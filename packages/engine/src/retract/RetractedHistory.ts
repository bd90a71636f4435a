import { isBuiltIn } from '../builtInTypes.js';
import { Catalogue } from '../catalogue/catalogue.js';
import type { PublishedDefinition } from '../catalogue/rule.js';
import type { UnlockEffect } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { recountCatalogue } from '../recount/recountCatalogue.js';
import { emptyState, type UserState } from '../state/userState.js';

/** What an event of a type may have counted for: everything, where it is one that changes how its user is counted. */
export function slugsConcernedBy(catalogue: Catalogue, type: string): string[] {
  if (!isBuiltIn(type)) return catalogue.index.candidatesOf(type).rules.map(({ rule }) => rule.slug);
  return [...catalogue.rules.values()].filter(({ isDerived }) => !isDerived).map(({ slug }) => slug);
}

/**
 * The versions of one achievement whose counts are in the state, in log order: the one in effect, and those that it goes on from.
 * The first of them began anew: over the whole history, or from its publication on.
 */
export type CountedVersions = readonly PublishedDefinition[];

/** One user's history with an event and without it, each folded by the versions that counted it then. */
export class RetractedHistory {
  readonly with: UserState = emptyState();
  readonly without: UserState = emptyState();
  /** What the history without the event unlocks, in log order. */
  readonly unlocks: UnlockEffect[] = [];
  readonly #catalogue: Catalogue;
  readonly #versions: readonly CountedVersions[];
  /** By how many of the boundaries lie before a place. */
  readonly #phases = new Map<number, Catalogue>();
  readonly #boundaries: readonly number[];

  constructor(catalogue: Catalogue, versions: readonly CountedVersions[]) {
    this.#catalogue = catalogue;
    this.#versions = versions;
    this.#boundaries = [...new Set(versions.flat().map(({ sequence }) => sequence))].sort((a, b) => a - b);
  }

  /** Calls come in the order of the log, without duplicates and without what was retracted before. */
  fold(event: EngineEvent, of: { isRetracted: boolean }): void {
    const catalogue = this.#catalogueAt(event.sequence);
    fold(catalogue, this.with, event);
    if (!of.isRetracted) this.unlocks.push(...fold(catalogue, this.without, event).unlocks);
  }

  #catalogueAt(sequence: number): Catalogue {
    const phase = this.#boundaries.filter((boundary) => boundary < sequence).length;
    let catalogue = this.#phases.get(phase);
    if (catalogue === undefined) {
      const definitions = this.#versions.flatMap((versions) => inEffectAt(versions, sequence) ?? []);
      const { settings } = this.#catalogue;
      const whole = Catalogue.restore({ settings, definitions, packs: [] });
      catalogue = recountCatalogue(
        whole,
        definitions.map(({ slug }) => slug),
      );
      this.#phases.set(phase, catalogue);
    }
    return catalogue;
  }
}

/** undefined where nothing was counted yet. */
function inEffectAt(versions: CountedVersions, sequence: number): PublishedDefinition | undefined {
  const found = versions.findLast((version) => version.sequence < sequence);
  const [first] = versions;
  return found ?? (first?.definition.onPublish === 'recount' ? first : undefined);
}
