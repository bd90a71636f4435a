import type { Catalogue, Pack, PublishPlan } from '@cairn/engine';
import type {
  CommittedBatch,
  EvaluationBatch,
  ForgottenAliases,
  ListedUnlock,
  OwnerKind,
  StoredUnlock,
  TenantMerge,
  UserAlias,
} from '@cairn/store';
import type { RecountStore } from '../recount/RecountStore.js';

export interface LoadedUser {
  userKey: number;
  userId: string;
  /** The encoded state; null for a user without one. */
  state: Uint8Array | null;
  /** Where the partition stood when the state was written; null without one. */
  lastSeq?: number | null;
}

/** An event that was accepted before, as the dedup table knows it. */
export interface IdentityRow {
  eventIdHash: Buffer;
  keyHash: Buffer | null;
  fingerprint: Buffer | null;
  payloadHash: Buffer;
  sequence: number;
  index: number;
  /** The entry of the log that retracted it; null or left out where none did. */
  retractedSeq?: number | null;
  /** Its user was erased: a repetition of it is one still, and it counts for nobody, though the log may hold it for a while. */
  isErased?: boolean;
}

export interface HeldUnlocks {
  userKey: number;
  unlocks: { slug: string; level: string | null; period: string | null; revoked: boolean }[];
  xpTotal: number;
}

/** What the evaluator asks of the database. Errors are StoreErrors: `classify` tells what to do. */
export interface EvaluationStore {
  /** What recounts ask besides. */
  readonly recounts: RecountStore;
  /** The committed position of a partition, or null where the epoch is no longer ours. */
  position(of: { partition: number; epoch: number }): Promise<number | null>;
  tenantKey(tenantId: string): Promise<number>;
  /** The oldest tenants that had a catalogue at a place in the log. */
  tenantsAt(of: { atSequence: number; limit: number }): Promise<readonly string[]>;
  /** The catalogue of a tenant as it stood at a place in the log. */
  catalogue(of: { tenantKey: number; atSequence: number }): Promise<Catalogue>;
  /** Users (or what else `kind` says) that are not there yet are created. */
  loadUsers(tenantKey: number, userIds: readonly string[], kind?: OwnerKind): Promise<LoadedUser[]>;
  findIdentities(of: { tenantKey: number; eventIdHashes: Buffer[]; keyHashes: Buffer[]; fingerprints: Buffer[] }): Promise<IdentityRow[]>;
  /** These ids lead to nobody any more. Doing it again changes nothing. */
  forgetAliases(of: ForgottenAliases): Promise<void>;
  /** How many events were taken from a user; of one who was merged, also those that are another's since. */
  countEvents(of: { tenantKey: number; userKey: number; wasMerged: boolean }): Promise<number>;
  heldUnlocks(tenantKey: number, userKeys: readonly number[]): Promise<HeldUnlocks[]>;
  unlock(of: { tenantKey: number; unlockId: string }): Promise<ListedUnlock | null>;
  /** All unlocks of some users, the revoked among them. */
  unlocksOf(of: { tenantKey: number; userKeys: readonly number[] }): Promise<StoredUnlock[]>;
  /** The committed position of every partition; that of the loop of the teams may be among them. */
  positions(): Promise<ReadonlyMap<number, number>>;
  /** The aliases of a tenant as they stood at a place in the log, in log order. */
  aliases(of: { tenantKey: number; atSequence: number }): Promise<Pick<UserAlias, 'alias' | 'userId'>[]>;
  /** The same again changes nothing, and nothing does that somebody says who does not own the partition any more. */
  addAlias(of: UserAlias & { tenantKey: number }, by: { partition: number; epoch: number }): Promise<void>;
  /** The id of the tenant that one was merged into, as it stood at a place in the log; null where it is one of its own. */
  mergedInto(of: { tenantKey: number; atSequence: number }): Promise<string | null>;
  /** The same again changes nothing. */
  addTenantMerge(of: Pick<TenantMerge, 'tenantKey' | 'intoTenant' | 'logSeq' | 'at'>): Promise<void>;
  /** All of the batch in one fenced transaction, or nothing of it. */
  commit(batch: EvaluationBatch): Promise<CommittedBatch>;
  /** The highest version of each slug that was published before a place in the log, retired ones too. */
  versionsBefore(of: { tenantKey: number; sequence: number }): Promise<ReadonlyMap<string, number>>;
  /** Writes the versions that a publication makes, and answers the catalogue that it leads to. The same again changes nothing. */
  publish(publication: Publication): Promise<Catalogue>;
  configureTenant(of: { tenantKey: number; sequence: number; timezone: string | null; tierOrder: string[] | null }): Promise<void>;
  close(): Promise<void>;
}

export interface Publication {
  tenantKey: number;
  catalogue: Catalogue;
  pack: Pack;
  plan: PublishPlan;
  contentJson: string;
  sequence: number;
  publishedAt: number;
  publishedBy: string;
}
