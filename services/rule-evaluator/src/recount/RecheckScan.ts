import { partitionOf } from '@cairn/contracts';
import { encodeState, recheck } from '@cairn/engine';
import type { RecountRow } from '@cairn/store';
import { RECOUNT_USERS_PER_COMMIT } from '../limits.js';
import { BatchBuilder, ORDER } from '../partition/BatchBuilder.js';
import { isPoison } from '../partition/BatchRefused.js';
import type { CachedUser } from '../partition/UserCache.js';
import { commitUsers } from './commitUsers.js';
import type { RecountPorts } from './Recounts.js';

/** Goes through the users of a tenant, and unlocks what a publication or a setting finds met. Whoever turns up before is looked at then. */
export class RecheckScan {
  readonly #ports: RecountPorts;

  constructor(ports: RecountPorts) {
    this.#ports = ports;
  }

  /** A page of users of the oldest recheck that is pending. */
  async proceed(): Promise<void> {
    const { store, folder, partition, partitions } = this.#ports;
    const row = folder.board.nextRecheck();
    if (row === null) return;
    const page = await store.recounts.userKeys({ tenantKey: row.tenantKey, after: row.scannedKey, limit: RECOUNT_USERS_PER_COMMIT });
    const userIds = page.map(({ userId }) => userId).filter((userId) => partitionOf(row.tenantId, userId, partitions) === partition);
    const last = page.at(-1);
    const isEnd = last === undefined || page.length < RECOUNT_USERS_PER_COMMIT;
    const scanned: RecountRow = { ...row, scannedKey: last?.userKey ?? row.scannedKey };
    await this.#recheckAll(scanned, userIds);
    const builder = new BatchBuilder(partition);
    builder.addRecount(isEnd ? { change: 'end', row } : { change: 'move', row: scanned });
    await commitUsers(builder, this.#ports);
  }

  /** What the database refuses is tried user by user, and in the end left as it is. */
  async #recheckAll(row: RecountRow, userIds: readonly string[]): Promise<void> {
    try {
      await this.#recheck(row, userIds, { repair: false });
    } catch (error) {
      if (!isPoison(error)) throw error;
      for (const userId of userIds) await this.#recheckAlone(row, userId);
    }
  }

  async #recheckAlone(row: RecountRow, userId: string): Promise<void> {
    try {
      await this.#recheck(row, [userId], { repair: true });
    } catch (error) {
      if (!isPoison(error)) throw error;
      const { folder, pipeline } = this.#ports;
      folder.forget(await folder.tenants.get(row.tenantId, pipeline.position + 1), [userId]);
      const about = { err: error, partition: this.#ports.partition, sequence: row.logSeq };
      this.#ports.logger.error(about, 'what a user has met cannot be committed: the user stays as they are');
    }
  }

  async #recheck(row: RecountRow, userIds: readonly string[], hints: { repair: boolean }): Promise<void> {
    const { folder, partition, pipeline } = this.#ports;
    const tenant = await folder.tenants.get(row.tenantId, pipeline.position + 1);
    if (hints.repair) folder.forget(tenant, userIds);
    await folder.loadUsers(tenant, new Set(userIds), { repair: hints.repair, number: folder.nextNumber() });
    const builder = new BatchBuilder(partition);
    for (const userId of userIds) {
      const user = folder.users.peek(tenant.tenantKey, userId);
      if (user !== undefined) recheckUser(user, row, { builder, catalogue: folder.board.catalogueFor(tenant, userId) });
    }
    await commitUsers(builder, this.#ports);
  }
}

function recheckUser(
  user: CachedUser,
  { logSeq: sequence, at, cause }: RecountRow,
  by: { builder: BatchBuilder; catalogue: Parameters<typeof recheck>[0] },
): void {
  if (user.unreadable !== null || user.recheckedAt >= sequence) return;
  const before = encodeState(user.state);
  const effects = recheck(by.catalogue, user.state, { at, cause });
  user.recheckedAt = sequence;
  if (effects.unlocks.length + effects.xp.length === 0 && Buffer.compare(before, encodeState(user.state)) === 0) return;
  by.builder.touch(user);
  by.builder.addEffects(user, { ...effects, progressed: [] }, { sequence, index: 0, order: ORDER.rechecked });
}
