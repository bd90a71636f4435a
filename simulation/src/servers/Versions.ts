import { Catalogue } from '@cairn/engine';
import type { Publication } from '@cairn/rule-evaluator/parts';

/** The definitions of the one tenant, as they stood at each place in the log. */
export class Versions {
  readonly #published: { sequence: number; catalogue: Catalogue }[];
  readonly #keys = new Map<string, number>();

  constructor(first: Catalogue) {
    this.#published = [{ sequence: 0, catalogue: first }];
    for (const { slug, version } of first.definitions.values()) this.#keyOf(slug, version);
  }

  at(sequence: number): Catalogue {
    return this.#published.findLast((published) => published.sequence <= sequence)?.catalogue ?? Catalogue.empty();
  }

  before(sequence: number): Map<string, number> {
    const versions = new Map<string, number>();
    for (const published of this.#published) {
      if (published.sequence >= sequence) continue;
      for (const { slug, version } of published.catalogue.definitions.values())
        versions.set(slug, Math.max(version, versions.get(slug) ?? 0));
    }
    return versions;
  }

  /** Whether teams could achieve anything at a place in the log. */
  hasTeams(sequence: number): boolean {
    return this.#published.some((published) => published.sequence <= sequence && published.catalogue.ofTeams.rules.size > 0);
  }

  /** The same again changes nothing. */
  publish({ catalogue, pack, plan, sequence, publishedAt }: Publication): Catalogue {
    const known = this.#published.find((published) => published.sequence === sequence);
    if (known !== undefined) return known.catalogue;
    const keyOf = (slug: string, version: number): number => this.#keyOf(slug, version);
    const next = catalogue.publish(pack, plan, { sequence, publishedAt, keyOf });
    this.#published.push({ sequence, catalogue: next });
    return next;
  }

  #keyOf(slug: string, version: number): number {
    const name = `${slug}@${version}`;
    const key = this.#keys.get(name) ?? this.#keys.size + 1;
    this.#keys.set(name, key);
    return key;
  }
}
