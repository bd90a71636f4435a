import { partitionOf } from '@cairn/contracts';
import type { RecountRow } from '@cairn/store';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import { isPoison } from '../partition/BatchRefused.js';
import { commitUsers } from './commitUsers.js';
import { mergeUsers } from './mergeUsers.js';
import type { RecountPorts } from './RecountPorts.js';
import type { SliceFold, SliceOf } from './SliceFold.js';

/** Merges a slice that is read up to where the partition stands, some users at a time. */
export class SliceMerge {
  readonly #fold: SliceFold;
  readonly #ports: RecountPorts;
  readonly #waiting: string[];
  /** Whether users without events that matter are looked at too, since something is measured from what they hold. */
  readonly #isForAll: boolean;
  #scannedKey = 0;

  constructor(fold: SliceFold, ports: RecountPorts) {
    this.#fold = fold;
    this.#ports = ports;
    this.#waiting = [...fold.scratches.keys()];
    this.#isForAll = fold.phases.some(({ catalogue }) => catalogue.derivedRules.length > 0);
  }

  get of(): SliceOf {
    return this.#fold.of;
  }

  isWaiting(userId: string): boolean {
    return this.#fold.holds(userId) && !this.#ports.folder.board.isMerged(this.of.tenantKey, userId);
  }

  /** Answers whether all of the slice is merged. */
  async proceed(): Promise<boolean> {
    const { store, partition, partitions, folder, pipeline } = this.#ports;
    const { tenantId, tenantKey } = this.of;
    if (this.#waiting.length > 0) {
      await this.mergeThese(this.#waiting.splice(-this.#ports.limits.usersPerCommit));
      return false;
    }
    if (this.#isForAll) {
      const page = await store.recounts.userKeys({ tenantKey, after: this.#scannedKey, limit: this.#ports.limits.usersPerCommit });
      const { aliases } = await folder.tenants.get(tenantId, pipeline.position + 1);
      const isOurs = (userId: string) => partitionOf(tenantId, userId, partitions) === partition && !aliases.isAlias(userId);
      await this.mergeThese(page.map(({ userId }) => userId).filter(isOurs));
      this.#scannedKey = page.at(-1)?.userKey ?? this.#scannedKey;
      if (page.length === this.#ports.limits.usersPerCommit) return false;
    }
    await this.#end();
    return true;
  }

  async mergeThese(userIds: readonly string[]): Promise<void> {
    const { board } = this.#ports.folder;
    const { tenantKey } = this.of;
    let left = userIds.filter((userId) => this.isWaiting(userId));
    const untouched = left.filter((userId) => !this.#isForAll && !this.#fold.scratches.has(userId));
    board.noteMerged(tenantKey, untouched);
    left = left.filter((userId) => !board.isMerged(tenantKey, userId));
    while (left.length > 0) {
      const merged = await this.#mergeSome(left.slice(0, this.#ports.limits.usersPerCommit));
      board.noteMerged(tenantKey, merged);
      for (const userId of merged) this.#fold.scratches.delete(userId);
      left = left.filter((userId) => !board.isMerged(tenantKey, userId));
    }
  }

  /** Answers who is merged. What the database refuses is tried user by user, and in the end left as it is. */
  async #mergeSome(userIds: readonly string[]): Promise<readonly string[]> {
    try {
      return await this.#mergeOnce(userIds, { repair: false });
    } catch (error) {
      if (!isPoison(error)) throw error;
      for (const userId of userIds) await this.#mergeAlone(userId);
      return userIds;
    }
  }

  async #mergeAlone(userId: string): Promise<void> {
    try {
      await this.#mergeOnce([userId], { repair: true });
    } catch (error) {
      if (!isPoison(error)) throw error;
      const { folder, pipeline } = this.#ports;
      folder.forget(await folder.tenants.get(this.of.tenantId, pipeline.position + 1), [userId]);
      const about = { err: error, partition: this.#ports.partition, sequence: this.of.row.logSeq };
      this.#ports.logger.error(about, 'the recount of a user cannot be committed: the user stays as they are');
    }
  }

  async #mergeOnce(userIds: readonly string[], hints: { repair: boolean }): Promise<readonly string[]> {
    const { folder, store, pipeline, partition, limits } = this.#ports;
    const tenant = await folder.tenants.get(this.of.tenantId, pipeline.position + 1);
    // A state that was changed by a try that failed must not be taken for the stored one.
    if (hints.repair) folder.forget(tenant, userIds);
    const merged = await mergeUsers(
      userIds,
      { tenant, fold: this.#fold, folder, store, partition, earningsMax: limits.earningsPerCommit },
      hints,
    );
    await commitUsers(merged.builder, this.#ports);
    return merged.userIds;
  }

  async #end(): Promise<void> {
    const { row } = this.of;
    const moved: RecountRow = { ...row, slicesDone: row.slicesDone + 1, byHand: [] };
    const builder = new BatchBuilder(this.#ports.partition);
    builder.addRecount(moved.slicesDone < moved.slices ? { change: 'move', row: moved } : { change: 'end', row });
    await commitUsers(builder, this.#ports);
  }
}
