import { type ControlBody, partitionOf } from '@cairn/contracts';
import { emptyState, type MergedUsers, mergeUsers } from '@cairn/engine';
import { ReaderBroken } from '../log/EvaluationLog.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import { cachedUserOf } from '../partition/cachedUserOf.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { CachedUser } from '../partition/UserCache.js';
import { PartitionProgress } from '../teams/PartitionProgress.js';
import { addMergedUnlocks } from './addMergedUnlocks.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch, foldedOf } from './controlBatch.js';
import { noteAlias } from './noteAlias.js';
import { refuseControl } from './refuseControl.js';

export type UsersMerged = Extract<ControlBody, { kind: 'users_merged' }>;

/**
 * Makes one user of two. From here on all partitions take the one's id for an alias of the other's. The partition of who ends steps
 * over the entry and never touches that user again; the partition of who goes on waits until it has, and changes both in one
 * transaction. All recounts of both are done before.
 */
export async function mergeUsersAt(entry: Entry & { kind: 'control' }, body: UsersMerged, context: ControlContext): Promise<FoldedBatch> {
  const { control, sequence } = entry;
  const { ports, folder, partition, epoch } = context;
  const tenant = await folder.tenants.get(control.tenantId, sequence);
  const merge = await noteAlias(entry, body, { tenant, store: ports.store, partition, epoch });
  if (merge === null) return emptyBatch(entry, context);
  folder.forget(tenant, [merge.from]);
  if (partitionOf(tenant.tenantId, merge.into, ports.partitions) !== partition) return emptyBatch(entry, context);
  await reached(partitionOf(tenant.tenantId, merge.from, ports.partitions), sequence, context);
  await folder.loadUsers(tenant, new Set([merge.into]), { repair: context.repairUnlocks, number: folder.nextNumber() });
  const into = folder.users.peek(tenant.tenantKey, merge.into);
  if (into === undefined) throw new Error('the user of a control entry was not loaded');
  const from = await loadEnding(tenant, merge.from, context);
  const unreadable = into.unreadable ?? from.unreadable;
  if (unreadable !== null) return refuseControl(entry, context, { code: 'unfoldable_event', message: unreadable });
  const merged = mergeUsers(tenant.catalogue, { into: into.state, from: from.state }, { at: control.at, cause: control.entryId });
  return batchOf(merged, { entry, body, context, tenant, into, from });
}

/** Until then, who ends may still change. */
async function reached(partition: number, sequence: number, { ports, signal, partition: own }: ControlContext): Promise<void> {
  if (partition === own) return;
  const progress = new PartitionProgress();
  await progress.reached(() => progress.isPast(partition, sequence), { look: () => ports.store.positions(), signal });
  if (signal.aborted) throw new ReaderBroken('the partition stops');
}

/** As stored: it is not kept in memory. */
async function loadEnding(tenant: TenantContext, userId: string, { ports, folder }: ControlContext): Promise<CachedUser> {
  const [row] = await ports.store.loadUsers(tenant.tenantKey, [userId]);
  if (row === undefined) throw new Error('the user of a control entry was not loaded');
  return cachedUserOf(row, { tenant, kind: 'user', number: folder.nextNumber(), unreadable: () => undefined });
}

async function batchOf(
  merged: MergedUsers,
  of: {
    entry: Entry & { kind: 'control' };
    body: UsersMerged;
    context: ControlContext;
    tenant: TenantContext;
    into: CachedUser;
    from: CachedUser;
  },
): Promise<FoldedBatch> {
  const { entry, body, context, tenant, into, from } = of;
  const { sequence, control } = entry;
  const { tenantKey } = tenant;
  const builder = new BatchBuilder(context.partition);
  builder.touch(into);
  builder.touch(from);
  builder.moveEvents(tenantKey, { from, into });
  const rows = await context.ports.store.unlocksOf({ tenantKey, userKeys: [into.userKey, from.userKey] });
  addMergedUnlocks(builder, merged.unlocks, { rows, into, from, sequence, at: control.at, reason: body.reason });
  builder.addEffects(from, merged.closing, { sequence, index: 0 });
  builder.addEffects(into, merged.effects, { sequence, index: 0 });
  from.state = emptyState();
  return foldedOf(builder, { entry, context, newSeq: sequence });
}
