import { Catalogue } from '../catalogue/catalogue.js';
import type { PublishedDefinition } from '../catalogue/rule.js';
import { recountCatalogue } from '../recount/recountCatalogue.js';

/**
 * The versions of one achievement whose counts are in the state, in log order: the one in effect, and those that it goes on from.
 * The first of them began anew: over the whole history, or from its publication on.
 */
export type CountedVersions = readonly PublishedDefinition[];

/** What to fold a history by that is counted once more: at each place in the log, the versions that counted there. */
export class VersionPhases {
  readonly #catalogue: Catalogue;
  readonly #versions: readonly CountedVersions[];
  /** By how many of the boundaries lie before a place. */
  readonly #phases = new Map<number, Catalogue>();
  readonly #boundaries: readonly number[];

  /** @param catalogue the one in effect, of users or of teams */
  constructor(catalogue: Catalogue, versions: readonly CountedVersions[]) {
    this.#catalogue = catalogue;
    this.#versions = versions;
    this.#boundaries = [...new Set(versions.flat().map(({ sequence }) => sequence))].sort((a, b) => a - b);
  }

  at(sequence: number): Catalogue {
    const phase = this.#boundaries.filter((boundary) => boundary < sequence).length;
    let catalogue = this.#phases.get(phase);
    if (catalogue === undefined) this.#phases.set(phase, (catalogue = this.#make(sequence)));
    return catalogue;
  }

  #make(sequence: number): Catalogue {
    const definitions = this.#versions.flatMap((versions) => inEffectAt(versions, sequence) ?? []);
    const { settings, scope } = this.#catalogue;
    const whole = Catalogue.restore({ settings, definitions, packs: [] });
    return recountCatalogue(
      scope === 'team' ? whole.ofTeams : whole,
      definitions.map(({ slug }) => slug),
    );
  }
}

/** undefined where nothing was counted yet. */
function inEffectAt(versions: CountedVersions, sequence: number): PublishedDefinition | undefined {
  const found = versions.findLast((version) => version.sequence < sequence);
  const [first] = versions;
  return found ?? (first?.definition.onPublish === 'recount' ? first : undefined);
}
