import type { CairnEvent } from '@cairn/contracts';
import { changesConsent, type StateFormatError } from '@cairn/engine';
import { cachedUserOf, type Loading } from '../partition/cachedUserOf.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import { type CachedUser, UserCache } from '../partition/UserCache.js';
import type { TeamStore } from './TeamStore.js';

export interface MemberCachePorts {
  store: TeamStore;
  heapBytesMax: number;
  unreadable(owner: CachedUser, error: StateFormatError): void;
}

/** The key of a member without a row: one who never chose anything, as most never do. */
const NO_ROW = 0;

/** What members of teams chose about being counted. Only who chose has a row; the others are remembered as empty. */
export class MemberCache {
  readonly #ports: MemberCachePorts;
  readonly #members: UserCache;

  constructor(ports: MemberCachePorts) {
    this.#ports = ports;
    this.#members = new UserCache({ heapBytesMax: ports.heapBytesMax, matchesMax: 0 });
  }

  /** Brings into memory whom these events are of, to stay there at least until the batch of that number is committed. */
  async load(tenant: TenantContext, events: readonly CairnEvent[], number: number): Promise<void> {
    const acting = new Set<string>();
    const choosing = new Set<string>();
    for (const { userId, type } of events) (changesConsent(type) ? choosing : acting).add(userId);
    const unknown = this.#missing(tenant, acting, number).filter((userId) => !choosing.has(userId));
    const toMake = this.#missing(tenant, choosing, number).concat(this.#withoutRow(tenant, choosing));
    const { store } = this.#ports;
    const of = { tenant, kind: 'member' as const, number, unreadable: this.#ports.unreadable };
    if (toMake.length > 0) await this.loadChoosing(tenant, toMake, number);
    if (unknown.length === 0) return;
    const found = await store.findMembers(tenant.tenantKey, unknown);
    this.#keep(found, of);
    const known = new Set(found.map(({ userId }) => userId));
    const others = unknown.filter((userId) => !known.has(userId)).map((userId) => ({ userKey: NO_ROW, userId, state: null }));
    this.#keep(others, of);
  }

  /** Members who get a row of their own, whatever they chose. */
  async loadChoosing(tenant: TenantContext, userIds: readonly string[], number: number): Promise<CachedUser[]> {
    const rows = await this.#ports.store.loadUsers(tenant.tenantKey, userIds, 'member');
    this.#keep(rows, { tenant, kind: 'member', number, unreadable: this.#ports.unreadable });
    return userIds.map((userId) => this.#members.peek(tenant.tenantKey, userId)).filter((member) => member !== undefined);
  }

  peek(tenantKey: number, userId: string): CachedUser | undefined {
    return this.#members.peek(tenantKey, userId);
  }

  drop(members: Iterable<CachedUser>): void {
    this.#members.drop(members);
  }

  trim(committedBatch: number): void {
    this.#members.trim(committedBatch);
  }

  clear(): void {
    this.#members.clear();
  }

  #missing(tenant: TenantContext, userIds: ReadonlySet<string>, number: number): string[] {
    return [...userIds].filter((userId) => {
      const member = this.#members.get(tenant.tenantKey, userId);
      if (member !== undefined) member.neededByBatch = number;
      return member === undefined;
    });
  }

  #withoutRow({ tenantKey }: TenantContext, userIds: ReadonlySet<string>): string[] {
    return [...userIds].filter((userId) => this.#members.peek(tenantKey, userId)?.userKey === NO_ROW);
  }

  #keep(rows: readonly { userKey: number; userId: string; state: Uint8Array | null }[], of: Loading): void {
    for (const row of rows) this.#members.set(cachedUserOf(row, of));
  }
}
