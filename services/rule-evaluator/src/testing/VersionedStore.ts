import { Catalogue } from '@cairn/engine';
import type { Publication } from '../store/EvaluationStore.js';
import { MemoryStore } from './MemoryStore.js';

/** A store in memory whose catalogue is what the log published, from the place on at which it did. */
export class VersionedStore extends MemoryStore {
  readonly #published: { sequence: number; catalogue: Catalogue }[] = [{ sequence: 0, catalogue: Catalogue.empty() }];
  readonly #definitionKeys = new Map<string, number>();

  constructor(interfere?: MemoryStore['interfere']) {
    super(() => this.at(Number.POSITIVE_INFINITY), interfere);
  }

  at(sequence: number): Catalogue {
    const last = this.#published.findLast((published) => published.sequence <= sequence);
    if (last === undefined) throw new Error('there is always a catalogue');
    return last.catalogue;
  }

  override async catalogue({ atSequence }: { atSequence: number }): Promise<Catalogue> {
    await this.interfere('read', 'before');
    return this.at(atSequence);
  }

  override async versionsBefore({ sequence }: { sequence: number }): Promise<ReadonlyMap<string, number>> {
    await this.interfere('read', 'before');
    const versions = new Map<string, number>();
    for (const published of this.#published) {
      if (published.sequence >= sequence) continue;
      for (const { slug, version } of published.catalogue.definitions.values())
        versions.set(slug, Math.max(version, versions.get(slug) ?? 0));
    }
    return versions;
  }

  override async publish({ catalogue, pack, plan, sequence, publishedAt }: Publication): Promise<Catalogue> {
    await this.interfere('read', 'before');
    const keyOf = (slug: string, version: number): number => {
      const name = `${slug}@${version}`;
      const key = this.#definitionKeys.get(name) ?? this.#definitionKeys.size + 1;
      this.#definitionKeys.set(name, key);
      return key;
    };
    return this.#put(sequence, catalogue.publish(pack, plan, { sequence, publishedAt, keyOf }));
  }

  override async configureTenant(of: { sequence: number; timezone: string | null; tierOrder: string[] | null }): Promise<void> {
    await this.interfere('read', 'before');
    const { sequence, timezone, tierOrder } = of;
    this.#put(sequence, this.at(sequence - 1).configure({ timezone, ...(tierOrder === null ? {} : { tierOrder }) }));
  }

  #put(sequence: number, catalogue: Catalogue): Catalogue {
    const known = this.#published.find((published) => published.sequence === sequence);
    if (known !== undefined) return known.catalogue;
    this.#published.push({ sequence, catalogue });
    return catalogue;
  }
}
