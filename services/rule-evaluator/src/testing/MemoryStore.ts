import type { EventIdentity, PackedIdentity } from '@cairn/contracts';
import type { Catalogue } from '@cairn/engine';
import {
  type CommittedBatch,
  type EvaluationBatch,
  type EventColumns,
  type ListedUnlock,
  type StoredUnlock,
  StoreError,
  type UserAlias,
} from '@cairn/store';
import type { EvaluationStore, HeldUnlocks, IdentityRow, LoadedUser, Publication } from '../store/EvaluationStore.js';
import { MemoryRecounts } from './MemoryRecounts.js';

/** What PostgreSQL does for the evaluator, as plainly as it can be said; any call may be made to fail. */
export class MemoryStore implements EvaluationStore {
  lastSeq = 0;
  epoch = 1;
  /** Every batch that was committed. */
  readonly batches: EvaluationBatch[] = [];
  readonly identities = new Map<string, IdentityRow & { eventId: string }>();
  readonly unlocks = new Map<string, EvaluationBatch['unlocks'][number]>();
  readonly xp = new Map<string, EvaluationBatch['xp'][number]>();
  readonly states = new Map<string, Uint8Array>();
  readonly writtenAt = new Map<string, number>();
  readonly userKeys = new Map<string, number>();
  readonly userAliases: UserAlias[] = [];
  readonly recounts = new MemoryRecounts(this);
  #outbox = 0;

  constructor(
    readonly catalogueOf: () => Catalogue,
    /** Called before and after whatever happens; what it throws is what the caller sees. */
    readonly interfere: (call: 'read' | 'commit', when: 'before' | 'after') => Promise<void> = () => Promise.resolve(),
  ) {}

  async position({ epoch }: { epoch: number }): Promise<number | null> {
    await this.interfere('read', 'before');
    return epoch === this.epoch ? this.lastSeq : null;
  }

  async tenantKey(): Promise<number> {
    await this.interfere('read', 'before');
    return 1;
  }

  async tenantsAt(): Promise<string[]> {
    await this.interfere('read', 'before');
    return ['default'];
  }

  async catalogue(_: { atSequence: number }): Promise<Catalogue> {
    await this.interfere('read', 'before');
    return this.catalogueOf();
  }

  async loadUsers(_: number, userIds: readonly string[]): Promise<LoadedUser[]> {
    await this.interfere('read', 'before');
    const loaded = userIds.map((userId) => {
      const userKey = this.userKeys.get(userId) ?? this.userKeys.size + 1;
      this.userKeys.set(userId, userKey);
      const key = `1:${userKey}`;
      return { userKey, userId, state: this.states.get(key) ?? null, lastSeq: this.writtenAt.get(key) ?? null };
    });
    await this.interfere('read', 'after');
    return loaded;
  }

  async findIdentities(of: { eventIdHashes: Buffer[]; keyHashes: Buffer[]; fingerprints: Buffer[] }): Promise<IdentityRow[]> {
    await this.interfere('read', 'before');
    const wanted = [...of.eventIdHashes, ...of.keyHashes, ...of.fingerprints].map((hash) => hash.toString('hex'));
    const rows = wanted.map((hash) => this.identities.get(hash)).filter((row) => row !== undefined);
    await this.interfere('read', 'after');
    return [...new Set(rows)];
  }

  async forgetAliases(): Promise<void> {
    await this.interfere('read', 'before');
  }

  async countEvents({ userKey }: { userKey: number }): Promise<number> {
    await this.interfere('read', 'before');
    return this.batches.reduce((sum, { events }) => sum + events.userKey.filter((key) => key === userKey).length, 0);
  }

  async heldUnlocks(_: number, userKeys: readonly number[]): Promise<HeldUnlocks[]> {
    await this.interfere('read', 'before');
    return userKeys.map((userKey) => ({
      userKey,
      unlocks: [...this.unlocks.values()].filter((row) => row.userKey === userKey).map((row) => ({ ...row, revoked: false })),
      xpTotal: [...this.xp.values()].reduce((sum, row) => (row.userKey === userKey ? sum + row.amount : sum), 0),
    }));
  }

  async commit(batch: EvaluationBatch): Promise<CommittedBatch> {
    await this.interfere('commit', 'before');
    this.#refuse(batch);
    const committed = this.#write(batch);
    await this.interfere('commit', 'after');
    return committed;
  }

  #refuse(batch: EvaluationBatch): void {
    if (batch.epoch !== this.epoch || batch.oldSeq !== this.lastSeq) throw new StoreError('fenced', `${this.epoch} ${this.lastSeq}`);
    const seen = new Set<string>();
    for (const hash of identitiesOf(batch).flat()) {
      if (this.identities.has(hash) || seen.has(hash)) throw new StoreError('identity_taken', hash);
      seen.add(hash);
    }
    for (const row of batch.unlocks) if (this.unlocks.has(unlockKey(row))) throw new StoreError('unlock_taken', unlockKey(row));
    for (const row of batch.xp) if (this.xp.has(String(row.entryId))) throw new StoreError('xp_taken', String(row.entryId));
  }

  #write(batch: EvaluationBatch): CommittedBatch {
    this.lastSeq = batch.newSeq;
    this.batches.push(batch);
    const { events } = batch;
    for (const [i, hashes] of identitiesOf(batch).entries()) {
      const row = {
        eventId: events.eventId[i] as string,
        ...hashesOf(events, i),
        sequence: events.logSeq[i] as number,
        index: events.logIndex[i] as number,
      };
      for (const hash of hashes) this.identities.set(hash, row);
    }
    for (const row of batch.unlocks) this.unlocks.set(unlockKey(row), row);
    for (const row of batch.xp) this.xp.set(String(row.entryId), row);
    for (const total of batch.xpTotals ?? []) {
      const row = this.xp.get(String(total.entryId));
      if (row !== undefined) this.xp.set(String(total.entryId), { ...row, totalAfter: total.totalAfter });
    }
    this.recounts.apply(batch.recounts ?? []);
    for (const row of batch.userStates) {
      this.states.set(`${row.tenantKey}:${row.userKey}`, row.state);
      this.writtenAt.set(`${row.tenantKey}:${row.userKey}`, batch.newSeq);
    }
    return { evidence: batch.unlocks.map(() => '[]'), outbox: batch.outbox.map(() => ({ id: ++this.#outbox, payload: Buffer.alloc(0) })) };
  }

  unlocksOf(): Promise<StoredUnlock[]> {
    return Promise.resolve([]);
  }

  positions(): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map());
  }

  aliases({ atSequence }: { atSequence: number }): Promise<UserAlias[]> {
    return Promise.resolve(this.userAliases.filter(({ logSeq }) => logSeq <= atSequence));
  }

  addAlias({ alias, userId, logSeq, at }: UserAlias): Promise<void> {
    if (!this.userAliases.some((row) => row.alias === alias)) this.userAliases.push({ alias, userId, logSeq, at });
    return Promise.resolve();
  }

  mergedInto(): Promise<string | null> {
    return Promise.resolve(null);
  }

  addTenantMerge(): Promise<void> {
    return Promise.reject(new Error('there is one tenant'));
  }

  async unlock({ unlockId }: { unlockId: string }): Promise<ListedUnlock | null> {
    await this.interfere('read', 'before');
    const row = [...this.unlocks.values()].find((unlock) => unlock.unlockId === unlockId);
    if (row === undefined) return null;
    return { ...row, unlockId, userId: null, teamId: null, evidence: [], revokedAt: null, revokedReason: null };
  }

  versionsBefore(_: { sequence: number }): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  publish(_: Publication): Promise<Catalogue> {
    return Promise.resolve(this.catalogueOf());
  }

  configureTenant(_: { sequence: number; timezone: string | null; tierOrder: string[] | null }): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Of each event, in hex. */
function identitiesOf({ events }: EvaluationBatch): string[][] {
  return events.identity.map((_, i) => {
    const { eventIdHash, keyHash, fingerprint } = hashesOf(events, i);
    return [eventIdHash, keyHash, fingerprint].filter((hash) => hash !== null).map((hash) => hash.toString('hex'));
  });
}

function hashesOf({ identity }: EventColumns, i: number): EventIdentity {
  const { eventIdHash, keyHash, fingerprint, payloadHash } = identity[i] as PackedIdentity;
  return { eventIdHash, keyHash, fingerprint, payloadHash };
}

function unlockKey(row: { userKey: number; slug: string; level: string | null; period: string | null }): string {
  return `${row.userKey}:${row.slug}:${row.level ?? ''}:${row.period ?? ''}`;
}
