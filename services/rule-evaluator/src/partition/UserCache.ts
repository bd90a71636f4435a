import type { UserState } from '@cairn/engine';
import type { OwnerKind } from '@cairn/store';
import type { Match, MatchMemory } from './MatchMemory.js';

export interface CachedUser {
  kind: OwnerKind;
  tenantKey: number;
  tenantId: string;
  userKey: number;
  userId: string;
  state: UserState;
  /** Why the stored state could not be read: nothing may be folded upon it, nor written in its place. null for all others. */
  unreadable: string | null;
  /** The newest batch that asked for the user, who must stay while it is not committed. */
  neededByBatch: number;
  /** What the next unlocks show as evidence. */
  matches: MatchMemory;
  /** All rechecks up to this place in the log are done for the user. */
  recheckedAt: number;
}

/** How many users it keeps, and how many matches for all of them. */
export interface UserCacheBounds {
  usersMax: number;
  matchesMax: number;
}

/** The states of a partition's users: written through, least recently used out first, never one that a batch under way needs. */
export class UserCache {
  readonly #bounds: UserCacheBounds;
  /** By tenant, then by user. */
  readonly #tenants = new Map<number, Map<string, CachedUser>>();
  readonly #users = new Set<CachedUser>();
  #matches = 0;

  constructor(bounds: UserCacheBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#users.size;
  }

  get(tenantKey: number, userId: string): CachedUser | undefined {
    const user = this.peek(tenantKey, userId);
    if (user !== undefined) {
      this.#users.delete(user);
      this.#users.add(user);
    }
    return user;
  }

  peek(tenantKey: number, userId: string): CachedUser | undefined {
    return this.#tenants.get(tenantKey)?.get(userId);
  }

  set(user: CachedUser): void {
    const before = this.peek(user.tenantKey, user.userId);
    if (before !== undefined) this.#remove(before);
    const ofTenant = this.#tenants.get(user.tenantKey);
    if (ofTenant === undefined) this.#tenants.set(user.tenantKey, new Map([[user.userId, user]]));
    else ofTenant.set(user.userId, user);
    this.#users.add(user);
    this.#matches += user.matches.size;
  }

  drop(users: Iterable<CachedUser>): void {
    for (const { tenantKey, userId } of users) {
      const user = this.peek(tenantKey, userId);
      if (user !== undefined) this.#remove(user);
    }
  }

  /** An event of a user here, and for which definitions it counted, if for any. */
  noteEvent(user: CachedUser, event: Match, definitionKeys: readonly number[]): void {
    this.#matches += user.matches.note(event, definitionKeys);
  }

  /** Lets go of the least recently used beyond the bound that no later batch needs, and of their matches well before. */
  trim(committedBatch: number): void {
    if (this.#matches > this.#bounds.matchesMax) this.#forgetMatches();
    for (const user of this.#users) {
      if (this.#users.size <= this.#bounds.usersMax || user.neededByBatch > committedBatch) return;
      this.#remove(user);
    }
  }

  clear(): void {
    this.#users.clear();
    this.#tenants.clear();
    this.#matches = 0;
  }

  /** Down to half the bound, so that it need not be done for each batch. */
  #forgetMatches(): void {
    // Some may have been outdated since.
    this.#matches = 0;
    for (const { matches } of this.#users) this.#matches += matches.size;
    if (this.#matches <= this.#bounds.matchesMax) return;
    for (const { matches } of this.#users) {
      if (this.#matches <= this.#bounds.matchesMax / 2) return;
      this.#matches -= matches.size;
      matches.forget();
    }
  }

  #remove(user: CachedUser): void {
    const ofTenant = this.#tenants.get(user.tenantKey);
    ofTenant?.delete(user.userId);
    if (ofTenant?.size === 0) this.#tenants.delete(user.tenantKey);
    this.#users.delete(user);
    this.#matches -= user.matches.size;
  }
}
