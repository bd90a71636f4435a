import type { Catalogue } from '@cairn/engine';
import { UserAliases } from '../aliases/UserAliases.js';
import { TENANTS_AHEAD_MAX, TENANTS_CACHED_MAX } from '../limits.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

export interface TenantContext {
  tenantId: string;
  tenantKey: number;
  catalogue: Catalogue;
  aliases: UserAliases;
  /** The tenant that it was merged into, and whose everything is that comes for it; null as a rule. */
  mergedInto: string | null;
}

/** The catalogues of a partition's tenants as they stand at its position: control entries move them on. */
export class TenantCatalogues {
  readonly #store: EvaluationStore;
  readonly #tenants = new Map<string, TenantContext>();

  constructor(store: EvaluationStore) {
    this.#store = store;
  }

  /** @param before the sequence of the entry that is about to be folded: only what was published before it is in effect. */
  async get(tenantId: string, before: number): Promise<TenantContext> {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) {
      this.#tenants.delete(tenantId);
      this.#tenants.set(tenantId, known);
      return known;
    }
    const tenantKey = await this.#store.tenantKey(tenantId);
    const at = { tenantKey, atSequence: before - 1 };
    const [catalogue, aliases, mergedInto] = await Promise.all([
      this.#store.catalogue(at),
      this.#store.aliases(at),
      this.#store.mergedInto(at),
    ]);
    // A recount in the background and the loop may ask at once: what one of them got and has moved on since is not put back.
    const loaded = this.#tenants.get(tenantId);
    if (loaded !== undefined) return loaded;
    const tenant = { tenantId, tenantKey, catalogue, aliases: UserAliases.of(aliases), mergedInto };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  /**
   * With nothing in memory, at the position that the log is taken up from.
   * @returns why some could not be loaded: whoever needs one finds that out
   */
  async loadAhead(position: number): Promise<unknown[]> {
    const tenantIds = await this.#store.tenantsAt({ atSequence: position, limit: TENANTS_AHEAD_MAX });
    const loads = await Promise.allSettled(tenantIds.map((tenantId) => this.get(tenantId, position + 1)));
    // All have ended by here: what came late would be put into a memory that was cleared.
    return loads.filter((load) => load.status === 'rejected').map(({ reason }): unknown => reason);
  }

  /** The tenant if it was asked for since the last clear. */
  peek(tenantId: string): TenantContext | undefined {
    return this.#tenants.get(tenantId);
  }

  /** Between batches: lets go of the least recently used beyond the bound. */
  trim(): void {
    for (const tenantId of this.#tenants.keys()) {
      if (this.#tenants.size <= TENANTS_CACHED_MAX) return;
      this.#tenants.delete(tenantId);
    }
  }

  clear(): void {
    this.#tenants.clear();
  }
}
