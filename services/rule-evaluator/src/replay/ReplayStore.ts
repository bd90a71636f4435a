import { partitionOf } from '@cairn/contracts';
import {
  type CommittedBatch,
  type Database,
  type EvaluationBatch,
  findIdentities,
  type HolderRow,
  otherHolders,
  type PipelineOptions,
  partitionOfNobody,
  StoreError,
  usersOfKeys,
} from '@cairn/store';
import type { IdentityRow } from '../store/EvaluationStore.js';
import { identityRowOf } from '../store/identityRowOf.js';
import type { PostgresStore } from '../store/PostgresStore.js';
import { SilentStore } from './SilentStore.js';

/** The partition whose store it is, and the generation that everybody reads. */
export interface BesideLive {
  live: Database;
  partition: number;
  partitions: number;
}

/**
 * The store of one partition of a generation that is rebuilt. Where two users of different partitions sent the same event, it is
 * the original of whom the live generation took it from: that was decided by who committed first, which is not in the log.
 */
export class ReplayStore extends SilentStore {
  readonly #beside: BesideLive;

  constructor(generation: Database, options: PipelineOptions, beside: BesideLive) {
    super(generation, options);
    this.#beside = beside;
  }

  override async findIdentities(of: {
    tenantKey: number;
    eventIdHashes: Buffer[];
    keyHashes: Buffer[];
    fingerprints: Buffer[];
  }): Promise<IdentityRow[]> {
    return [...(await super.findIdentities(of)), ...(await this.#heldByOthers(of))];
  }

  override async commit(batch: EvaluationBatch): Promise<CommittedBatch> {
    await this.#refuseWhatOthersHold(batch);
    return super.commit(batch);
  }

  async #heldByOthers(of: Parameters<PostgresStore['findIdentities']>[0]): Promise<IdentityRow[]> {
    const { pool } = this.#beside.live;
    const rows = await findIdentities(pool, of);
    if (rows.length === 0) return [];
    // Who sent it: whoever they were merged into since.
    const senderOf = (row: { originKey: number | null; userKey: number }): number => row.originKey ?? row.userKey;
    const users = await usersOfKeys(pool, { tenantKey: of.tenantKey, userKeys: [...new Set(rows.map(senderOf))] });
    const others = new Set(users.filter((user) => this.#isOther(user)).map(({ userKey }) => userKey));
    const isOthers = (userKey: number): boolean => {
      const erasedIn = partitionOfNobody(userKey);
      return erasedIn === null ? others.has(userKey) : erasedIn !== this.#beside.partition;
    };
    return rows.filter((row) => isOthers(senderOf(row))).map(identityRowOf);
  }

  /** As if the unique constraint had refused it: the batch is folded again, with the identities looked up. */
  async #refuseWhatOthersHold(batch: EvaluationBatch): Promise<void> {
    if (batch.events.eventId.length === 0) return;
    const holders = await otherHolders(this.#beside.live.pool, batch.events);
    const isOthers = ({ tenantId, userId, partition }: HolderRow): boolean =>
      userId === null ? partition !== null && partition !== this.#beside.partition : this.#isOther({ tenantId, userId });
    if (holders.some(isOthers)) throw new StoreError('identity_taken', 'an event of the batch was taken from a user of another partition');
  }

  #isOther({ tenantId, userId }: { tenantId: string; userId: string }): boolean {
    return partitionOf(tenantId, userId, this.#beside.partitions) !== this.#beside.partition;
  }
}
