import type { Catalogue } from '@cairn/engine';
import {
  addTenantMerge,
  addUserAlias,
  type CommittedBatch,
  countUserEvents,
  type Database,
  deleteUserAliases,
  type EvaluationBatch,
  ensureTenant,
  existingUnlocks,
  type ForgottenAliases,
  findIdentities,
  findUnlock,
  type ListedUnlock,
  listTeams,
  listTenantsAt,
  listUserAliases,
  loadCatalogue,
  loadUsers,
  type OwnerKind,
  type PackContent,
  type PipelineOptions,
  type PreparedConnection,
  partitionPositions,
  publishDefinitions,
  readUserStates,
  restoreCatalogue,
  type StoredUnlock,
  StoreError,
  setTenantSettings,
  type TenantMerge,
  tenantMergedInto,
  tenantsWithTeams,
  type UserAlias,
  unlocksOfUsers,
  versionsBefore,
  xpTotals,
} from '@cairn/store';
import type { GroupCommitter } from '../commit/GroupCommitter.js';
import { rowsIn } from '../commit/rowsIn.js';
import type { OwnedPartition } from '../lease/PartitionLeases.js';
import { COMMIT_SHARED_ROWS_MAX, PREPARED_ROWS_MAX } from '../limits.js';
import type { RecountStore } from '../recount/RecountStore.js';
import type { TeamStore } from '../teams/TeamStore.js';
import { CommitConnection } from './CommitConnection.js';
import type { HeldUnlocks, IdentityRow, LoadedUser, Publication } from './EvaluationStore.js';
import { identityRowOf } from './identityRowOf.js';
import { postgresRecounts } from './postgresRecounts.js';

export interface PostgresStoreOptions extends PipelineOptions {
  /** Commits small batches together with those of other partitions. */
  shared?: GroupCommitter;
  /** Takes the small reads that come again and again; the pool where left out. */
  prepared?: PreparedConnection;
  /** Whose reads make users; anybody's where left out, as in a generation that nobody else writes. */
  owned?: OwnedPartition;
}

/** The store of one partition: reads over the shared pool, commits with the other partitions, or large batches over a connection of its own. */
export class PostgresStore implements TeamStore {
  readonly #database: Database;
  readonly #own: CommitConnection;
  readonly #shared: GroupCommitter | undefined;
  readonly #prepared: PreparedConnection | undefined;
  readonly #owned: OwnedPartition | undefined;
  readonly recounts: RecountStore;

  constructor(database: Database, options: PostgresStoreOptions) {
    this.#database = database;
    this.#own = new CommitConnection(options);
    this.#shared = options.shared;
    this.#prepared = options.prepared;
    this.#owned = options.owned;
    this.recounts = postgresRecounts(database);
  }

  async position(of: { partition: number; epoch: number }): Promise<number | null> {
    const rows = await partitionPositions(this.#database.pool);
    const row = rows.find(({ partition }) => partition === of.partition);
    return row === undefined || row.epoch !== of.epoch ? null : row.lastSeq;
  }

  async tenantKey(tenantId: string): Promise<number> {
    return (await ensureTenant(this.#database.pool, tenantId)).tenantKey;
  }

  async tenantsAt(of: { atSequence: number; limit: number }): Promise<string[]> {
    return (await listTenantsAt(this.#database.pool, of)).map(({ tenantId }) => tenantId);
  }

  async catalogue(of: { tenantKey: number; atSequence: number }): Promise<Catalogue> {
    return restoreCatalogue(await loadCatalogue(this.#database.pool, of));
  }

  async loadUsers(tenantKey: number, userIds: readonly string[], kind: OwnerKind = 'user'): Promise<LoadedUser[]> {
    const by = this.#owned === undefined ? {} : { by: this.#owned };
    return loadUsers(this.#readerOf(userIds.length), { tenantKey, userIds, kind, ...by });
  }

  async findIdentities(of: {
    tenantKey: number;
    eventIdHashes: Buffer[];
    keyHashes: Buffer[];
    fingerprints: Buffer[];
  }): Promise<IdentityRow[]> {
    return (await findIdentities(this.#readerOf(of.eventIdHashes.length), of)).map(identityRowOf);
  }

  #readerOf(rows: number): PreparedConnection | Database['pool'] {
    return rows <= PREPARED_ROWS_MAX ? (this.#prepared ?? this.#database.pool) : this.#database.pool;
  }

  async forgetAliases(of: ForgottenAliases): Promise<void> {
    await deleteUserAliases(this.#database.pool, of);
  }

  async countEvents(of: { tenantKey: number; userKey: number; wasMerged: boolean }): Promise<number> {
    return countUserEvents(this.#database.pool, of);
  }

  async heldUnlocks(tenantKey: number, userKeys: readonly number[]): Promise<HeldUnlocks[]> {
    const rows = await existingUnlocks(this.#database.pool, { tenantKey, userKeys });
    const totals = await xpTotals(this.#database.pool, { tenantKey, userKeys });
    const unlocks = rows.map((row) => ({ ...row, revoked: row.revokedAt !== null }));
    return totals.map(({ userKey, total }) => ({ userKey, unlocks: unlocks.filter((row) => row.userKey === userKey), xpTotal: total }));
  }

  async unlock(of: { tenantKey: number; unlockId: string }): Promise<ListedUnlock | null> {
    return findUnlock(this.#database.pool, of);
  }

  async commit(batch: EvaluationBatch): Promise<CommittedBatch> {
    if (this.#shared !== undefined && rowsIn(batch) <= COMMIT_SHARED_ROWS_MAX) return this.#shared.commit(batch);
    const [committed] = await this.#own.commit([batch]);
    if (committed === undefined) throw new StoreError('unexpected', 'a batch was committed but not answered');
    return committed;
  }

  async unlocksOf(of: { tenantKey: number; userKeys: readonly number[] }): Promise<StoredUnlock[]> {
    return unlocksOfUsers(this.#database.pool, of);
  }

  async aliases(of: { tenantKey: number; atSequence: number }): Promise<UserAlias[]> {
    return listUserAliases(this.#database.pool, of);
  }

  async addAlias(of: UserAlias & { tenantKey: number }, by: { partition: number; epoch: number }): Promise<void> {
    await addUserAlias(this.#database.pool, of, by);
  }

  async mergedInto(of: { tenantKey: number; atSequence: number }): Promise<string | null> {
    return tenantMergedInto(this.#database.pool, of);
  }

  async addTenantMerge(of: Pick<TenantMerge, 'tenantKey' | 'intoTenant' | 'logSeq' | 'at'>): Promise<void> {
    await addTenantMerge(this.#database.pool, of);
  }

  async versionsBefore(of: { tenantKey: number; sequence: number }): Promise<ReadonlyMap<string, number>> {
    return versionsBefore(this.#database.pool, of);
  }

  async publish(publication: Publication): Promise<Catalogue> {
    const { catalogue, pack, plan } = publication;
    const versions = plan.changes.filter(({ change }) => change === 'added' || change === 'changed');
    const definitionOf = new Map(pack.achievements.map((definition) => [definition.slug, definition]));
    const content: PackContent = { xpRules: pack.xpRules, ranks: pack.ranks };
    const published = await publishDefinitions(this.#database.pool, {
      tenantKey: publication.tenantKey,
      pack: pack.pack,
      logSeq: publication.sequence,
      publishedAt: publication.publishedAt,
      publishedBy: publication.publishedBy,
      content,
      versions: versions.map(({ slug, version }) => ({ slug, version, definition: definitionOf.get(slug) })),
      retired: plan.changes.filter(({ change }) => change === 'retired').map(({ slug }) => slug),
    });
    const keys = new Map(published.map(({ slug, version, definitionKey }) => [`${slug}@${version}`, definitionKey]));
    return catalogue.publish(pack, plan, {
      sequence: publication.sequence,
      publishedAt: publication.publishedAt,
      keyOf: (slug, version) => {
        const key = keys.get(`${slug}@${version}`);
        if (key === undefined) throw new StoreError('unexpected', `version ${version} of ${slug} was published but not returned`);
        return key;
      },
    });
  }

  async configureTenant(of: { tenantKey: number; sequence: number; timezone: string | null; tierOrder: string[] | null }): Promise<void> {
    await setTenantSettings(this.#database.pool, {
      tenantKey: of.tenantKey,
      logSeq: of.sequence,
      timezone: of.timezone,
      tierOrder: of.tierOrder,
    });
  }

  async positions(): Promise<ReadonlyMap<number, number>> {
    return new Map((await partitionPositions(this.#database.pool)).map(({ partition, lastSeq }) => [partition, lastSeq]));
  }

  async tenantsWithTeams(atSequence: number): Promise<readonly string[]> {
    return tenantsWithTeams(this.#database.pool, { atSequence });
  }

  async teams(page: { tenantKey: number; after: string | null; limit: number }): Promise<string[]> {
    const { after, ...rest } = page;
    return listTeams(this.#database.pool, after === null ? rest : { ...rest, after });
  }

  async findMembers(tenantKey: number, userIds: readonly string[]): Promise<LoadedUser[]> {
    return readUserStates(this.#database.pool, { tenantKey, userIds, kind: 'member' });
  }

  async close(): Promise<void> {
    await this.#own.close();
  }
}
