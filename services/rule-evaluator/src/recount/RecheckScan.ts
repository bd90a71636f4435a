import { partitionOf } from '@cairn/contracts';
import type { RecountRow } from '@cairn/store';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import { isPoison } from '../partition/BatchRefused.js';
import { commitUsers } from './commitUsers.js';
import type { RecountPorts } from './RecountPorts.js';
import { recheckUser } from './recheckUser.js';

/** Goes through the users of a tenant, and unlocks what a publication or a setting finds met. Whoever turns up before is looked at then. */
export class RecheckScan {
  readonly #ports: RecountPorts;

  constructor(ports: RecountPorts) {
    this.#ports = ports;
  }

  /** A page of users of the oldest recheck that is pending. */
  async proceed(): Promise<void> {
    const { store, folder, pipeline, partition, partitions, limits } = this.#ports;
    const row = folder.board.nextRecheck();
    if (row === null) return;
    const page = await store.recounts.userKeys({ tenantKey: row.tenantKey, after: row.scannedKey, limit: limits.usersPerCommit });
    const { aliases } = await folder.tenants.get(row.tenantId, pipeline.position + 1);
    const isOurs = (userId: string) => partitionOf(row.tenantId, userId, partitions) === partition && !aliases.isAlias(userId);
    const userIds = page.map(({ userId }) => userId).filter(isOurs);
    const last = page.at(-1);
    const isEnd = last === undefined || page.length < limits.usersPerCommit;
    const scanned: RecountRow = { ...row, scannedKey: last?.userKey ?? row.scannedKey };
    await this.#recheckAll(row.tenantId, userIds);
    const builder = new BatchBuilder(partition);
    builder.addRecount(isEnd ? { change: 'end', row } : { change: 'move', row: scanned });
    await commitUsers(builder, this.#ports);
  }

  /** These users are looked at now, before anything else is done to them. */
  async ensure(tenantId: string, userIds: readonly string[]): Promise<void> {
    const { folder, pipeline } = this.#ports;
    if (folder.board.nextRecheck() === null) return;
    const tenant = await folder.tenants.get(tenantId, pipeline.position + 1);
    if (folder.board.rechecksFor(tenant.tenantKey, Number.POSITIVE_INFINITY).length > 0) await this.#recheckAll(tenantId, userIds);
  }

  /** What the database refuses is tried user by user, and in the end left as it is. */
  async #recheckAll(tenantId: string, userIds: readonly string[]): Promise<void> {
    try {
      await this.#recheck(tenantId, userIds, { repair: false });
    } catch (error) {
      if (!isPoison(error)) throw error;
      for (const userId of userIds) await this.#recheckAlone(tenantId, userId);
    }
  }

  async #recheckAlone(tenantId: string, userId: string): Promise<void> {
    try {
      await this.#recheck(tenantId, [userId], { repair: true });
    } catch (error) {
      if (!isPoison(error)) throw error;
      const { folder, pipeline, logger, partition } = this.#ports;
      folder.forget(await folder.tenants.get(tenantId, pipeline.position + 1), [userId]);
      logger.error({ err: error, partition }, 'what a user has met cannot be committed: the user stays as they are');
    }
  }

  async #recheck(tenantId: string, userIds: readonly string[], hints: { repair: boolean }): Promise<void> {
    const { folder, partition, pipeline } = this.#ports;
    const { board } = folder;
    const tenant = await folder.tenants.get(tenantId, pipeline.position + 1);
    if (hints.repair) folder.forget(tenant, userIds);
    await folder.loadUsers(tenant, new Set(userIds), { repair: hints.repair, number: folder.nextNumber() });
    const builder = new BatchBuilder(partition);
    for (const userId of userIds) {
      const user = folder.users.peek(tenant.tenantKey, userId);
      if (user === undefined) throw new Error('a user to be looked at was not loaded');
      for (const pending of board.rechecksFor(tenant.tenantKey, user.userKey)) recheckUser(user, pending, { board, builder });
    }
    await commitUsers(builder, this.#ports);
  }
}
