import type { Catalogue } from '@cairn/engine';
import type { EvaluationStore } from '../store/EvaluationStore.js';

export interface TenantContext {
  tenantId: string;
  tenantKey: number;
  catalogue: Catalogue;
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
    if (known !== undefined) return known;
    const tenantKey = await this.#store.tenantKey(tenantId);
    const catalogue = await this.#store.catalogue({ tenantKey, atSequence: before - 1 });
    const tenant = { tenantId, tenantKey, catalogue };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  /** The tenant if it was asked for since the last clear. */
  peek(tenantId: string): TenantContext | undefined {
    return this.#tenants.get(tenantId);
  }

  clear(): void {
    this.#tenants.clear();
  }
}
