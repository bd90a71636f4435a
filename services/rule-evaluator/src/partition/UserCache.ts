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
  /** About what it takes in the heap, matches not counted. */
  heapBytes: number;
  /** Why the stored state could not be read: nothing may be folded upon it, nor written in its place. null for all others. */
  unreadable: string | null;
  /** The newest batch that asked for the user, who must stay while it is not committed. */
  neededByBatch: number;
  /** What the next unlocks show as evidence. */
  matches: MatchMemory;
  /** All rechecks up to this place in the log are done for the user. */
  recheckedAt: number;
}

/** What the users that it keeps take in the heap, and how many matches it keeps for all of them. */
export interface UserCacheBounds {
  heapBytesMax: number;
  matchesMax: number;
}

/** What a user takes, and what is added by each byte of an encoded state: as heap snapshots have it of users with 6 to 13 achievements. */
const USER_HEAP_BYTES = 1_000;
const HEAP_BYTES_A_STATE_BYTE = 18;

/** @param stateBytes how long the encoded state is; 0 for one that was never written */
export function heapBytesOf(stateBytes: number): number {
  return USER_HEAP_BYTES + HEAP_BYTES_A_STATE_BYTE * stateBytes;
}

/** The states of a partition's users: written through, least recently used out first, never one that a batch under way needs. */
export class UserCache {
  readonly #bounds: UserCacheBounds;
  /** By tenant, then by user. */
  readonly #tenants = new Map<number, Map<string, CachedUser>>();
  readonly #users = new Set<CachedUser>();
  #heapBytes = 0;
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

  /** Those that are in memory now. */
  all(): readonly CachedUser[] {
    return [...this.#users];
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
    this.#heapBytes += user.heapBytes;
    this.#matches += user.matches.size;
  }

  drop(users: Iterable<CachedUser>): void {
    for (const { tenantKey, userId } of users) {
      const user = this.peek(tenantKey, userId);
      if (user !== undefined) this.#remove(user);
    }
  }

  /** The state of a user here was encoded. */
  noteState(user: CachedUser, state: Uint8Array): void {
    this.#heapBytes -= user.heapBytes;
    user.heapBytes = heapBytesOf(state.length);
    this.#heapBytes += user.heapBytes;
  }

  /** An event of a user here, and for which definitions it counted, if for any. */
  noteEvent(user: CachedUser, event: Match, definitionKeys: readonly number[]): void {
    this.#matches += user.matches.note(event, definitionKeys);
  }

  /** Lets go of the least recently used beyond the bound that no later batch needs, and of their matches well before. */
  trim(committedBatch: number): void {
    if (this.#matches > this.#bounds.matchesMax) this.#forgetMatches();
    for (const user of this.#users) {
      if (this.#heapBytes <= this.#bounds.heapBytesMax || user.neededByBatch > committedBatch) return;
      this.#remove(user);
    }
  }

  clear(): void {
    this.#users.clear();
    this.#tenants.clear();
    this.#heapBytes = 0;
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
    this.#heapBytes -= user.heapBytes;
    this.#matches -= user.matches.size;
  }
}
