import type { Catalogue } from '@cairn/engine';
import type { Database, PipelineOptions } from '@cairn/store';
import type { GroupCommitter } from '../commit/GroupCommitter.js';
import type { RecountStore } from '../recount/RecountStore.js';
import type { IdentityRow, LoadedUser } from '../store/EvaluationStore.js';
import { PostgresStore } from '../store/PostgresStore.js';
import { postgresRecounts } from '../store/postgresRecounts.js';

export interface RehearsalStoreOptions extends PipelineOptions {
  shared: GroupCommitter;
  catalogue: Catalogue;
  /** Of all partitions: keys tell users apart. */
  userKeys: Map<string, number>;
}

/** The store of one partition in a rehearsal: knows nobody, and reads nothing of what is really there. */
export class RehearsalStore extends PostgresStore {
  readonly #catalogue: Catalogue;
  readonly #userKeys: Map<string, number>;
  override readonly recounts: RecountStore;

  constructor(database: Database, options: RehearsalStoreOptions) {
    super(database, options);
    this.#userKeys = options.userKeys;
    this.#catalogue = options.catalogue;
    this.recounts = { ...postgresRecounts(database), pending: () => Promise.resolve([]) };
  }

  override position(): Promise<number> {
    return Promise.resolve(0);
  }

  override tenantKey(): Promise<number> {
    return Promise.resolve(0);
  }

  override tenantsAt(): Promise<[]> {
    return Promise.resolve([]);
  }

  override mergedInto(): Promise<null> {
    return Promise.resolve(null);
  }

  override catalogue(): Promise<Catalogue> {
    return Promise.resolve(this.#catalogue);
  }

  override aliases(): Promise<[]> {
    return Promise.resolve([]);
  }

  override loadUsers(_: number, userIds: readonly string[]): Promise<LoadedUser[]> {
    return Promise.resolve(userIds.map((userId) => ({ userKey: this.#keyOf(userId), userId, state: null })));
  }

  override findIdentities(): Promise<IdentityRow[]> {
    return Promise.resolve([]);
  }

  #keyOf(userId: string): number {
    const key = this.#userKeys.get(userId) ?? this.#userKeys.size + 1;
    this.#userKeys.set(userId, key);
    return key;
  }
}
