import type { Catalogue } from '@cairn/engine';
import { catalogueSequence, type Database, loadCatalogue, restoreCatalogue } from '@cairn/store';
import { CATALOGUES_CACHED_MAX } from '../limits.js';

interface CachedCatalogue {
  sequence: number;
  catalogue: Promise<Catalogue>;
}

/**
 * Catalogues by tenant, compiled once. Each answer first asks where the tenant's newest publication stands in the log, which
 * costs a look into an index: so no answer is older than what was in effect when it was asked for.
 */
export class CatalogueCache {
  readonly #database: Database;
  /** The least recently used first. */
  readonly #cached = new Map<number, CachedCatalogue>();

  constructor(database: Database) {
    this.#database = database;
  }

  async get(tenantKey: number): Promise<Catalogue> {
    return (await this.getAt(tenantKey)).catalogue;
  }

  /** With the log sequence of the newest publication in it. */
  async getAt(tenantKey: number): Promise<{ sequence: number; catalogue: Catalogue }> {
    const sequence = await catalogueSequence(this.#database.pool, tenantKey);
    const known = this.#cached.get(tenantKey);
    const current = known !== undefined && known.sequence >= sequence ? known : this.#load(tenantKey, sequence);
    this.#touch(tenantKey, current);
    return { sequence: current.sequence, catalogue: await current.catalogue };
  }

  #load(tenantKey: number, sequence: number): CachedCatalogue {
    const catalogue = loadCatalogue(this.#database.pool, { tenantKey, atSequence: sequence }).then(restoreCatalogue);
    const loaded = { sequence, catalogue };
    catalogue.catch(() => {
      if (this.#cached.get(tenantKey) === loaded) this.#cached.delete(tenantKey);
    });
    return loaded;
  }

  #touch(tenantKey: number, current: CachedCatalogue): void {
    this.#cached.delete(tenantKey);
    this.#cached.set(tenantKey, current);
    for (const oldest of this.#cached.keys()) {
      if (this.#cached.size <= CATALOGUES_CACHED_MAX) break;
      this.#cached.delete(oldest);
    }
  }
}
