import type { UserState } from '@cairn/engine';
import type { OwnerKind } from '@cairn/store';

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
  /** All rechecks up to this place in the log are done for the user. */
  recheckedAt: number;
}

/** The states of a partition's users: written through, least recently used out first, never one that a batch under way needs. */
export class UserCache {
  readonly #usersMax: number;
  readonly #users = new Map<string, CachedUser>();

  constructor(usersMax: number) {
    this.#usersMax = usersMax;
  }

  get size(): number {
    return this.#users.size;
  }

  get(tenantKey: number, userId: string): CachedUser | undefined {
    const key = keyOf(tenantKey, userId);
    const user = this.#users.get(key);
    if (user !== undefined) {
      this.#users.delete(key);
      this.#users.set(key, user);
    }
    return user;
  }

  peek(tenantKey: number, userId: string): CachedUser | undefined {
    return this.#users.get(keyOf(tenantKey, userId));
  }

  set(user: CachedUser): void {
    this.#users.set(keyOf(user.tenantKey, user.userId), user);
  }

  drop(users: Iterable<CachedUser>): void {
    for (const user of users) this.#users.delete(keyOf(user.tenantKey, user.userId));
  }

  /** Lets go of the least recently used beyond the bound that no later batch needs. */
  trim(committedBatch: number): void {
    for (const [key, user] of this.#users) {
      if (this.#users.size <= this.#usersMax || user.neededByBatch > committedBatch) return;
      this.#users.delete(key);
    }
  }

  clear(): void {
    this.#users.clear();
  }
}

function keyOf(tenantKey: number, userId: string): string {
  return `${tenantKey}:${userId}`;
}
