import type { StreamedUnlock } from './streamedUnlock.js';

/** Somebody who is told of the unlocks of a tenant, or of one user of it, once and in order. */
export interface TailListener {
  filter: {
    tenantId: string;
    /** null: all of the tenant. */
    userId: string | null;
  };
  deliver(entry: StreamedUnlock): void;
}

interface TenantListeners {
  ofAll: Set<TailListener>;
  ofUser: Map<string, Set<TailListener>>;
}

/** Listeners by what they listen to: an unlock costs as much as it has listeners. */
export class ListenerIndex {
  readonly #tenants = new Map<string, TenantListeners>();

  add(listener: TailListener): void {
    const { tenantId, userId } = listener.filter;
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      tenant = { ofAll: new Set(), ofUser: new Map() };
      this.#tenants.set(tenantId, tenant);
    }
    if (userId === null) {
      tenant.ofAll.add(listener);
      return;
    }
    const ofUser = tenant.ofUser.get(userId);
    if (ofUser === undefined) tenant.ofUser.set(userId, new Set([listener]));
    else ofUser.add(listener);
  }

  remove(listener: TailListener): void {
    const { tenantId, userId } = listener.filter;
    const tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) return;
    if (userId === null) tenant.ofAll.delete(listener);
    else {
      const ofUser = tenant.ofUser.get(userId);
      ofUser?.delete(listener);
      if (ofUser?.size === 0) tenant.ofUser.delete(userId);
    }
    if (tenant.ofAll.size === 0 && tenant.ofUser.size === 0) this.#tenants.delete(tenantId);
  }

  deliver(entry: StreamedUnlock): void {
    const tenant = this.#tenants.get(entry.tenantId);
    if (tenant === undefined) return;
    for (const listener of tenant.ofAll) listener.deliver(entry);
    if (entry.userId === null) return;
    const ofUser = tenant.ofUser.get(entry.userId) ?? [];
    for (const listener of ofUser) listener.deliver(entry);
  }

  clear(): void {
    this.#tenants.clear();
  }
}
