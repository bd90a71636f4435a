import { type ControlBody, partitionOf } from '@cairn/contracts';
import { ERASED_EVENTS_PER_COMMIT } from '../limits.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch, foldedOf } from './controlBatch.js';

export type UserErased = Extract<ControlBody, { kind: 'user_erased' }>;

/**
 * Takes all that was made of what a user did, and the user; whoever comes under that name from here on is somebody new. Of events
 * stays what a repetition of them is known by. Where it was interrupted, the same entry goes on with what is left.
 */
export async function* eraseUser(
  entry: Entry & { kind: 'control' },
  body: UserErased,
  context: ControlContext,
): AsyncGenerator<FoldedBatch> {
  const { control, sequence } = entry;
  const { folder, ports, partition, position } = context;
  const { tenantKey, tenantId } = await folder.tenants.get(control.tenantId, sequence);
  const wasMerged = body.userIds.length > 1;
  if (wasMerged) await ports.store.forgetAliases({ tenantKey, aliases: body.userIds, before: sequence });
  const ours = body.userIds.filter((userId) => partitionOf(tenantId, userId, ports.partitions) === partition);
  for (const { userKey } of ours.length === 0 ? [] : await ports.store.loadUsers(tenantKey, ours)) {
    let left = await ports.store.countEvents({ tenantKey, userKey, wasMerged });
    do {
      const builder = new BatchBuilder(partition);
      const isLast = left <= ERASED_EVENTS_PER_COMMIT;
      builder.addErasure({ tenantKey, userKey, events: ERASED_EVENTS_PER_COMMIT, wasMerged, isLast });
      yield foldedOf(builder, { entry, context, newSeq: position });
      left -= ERASED_EVENTS_PER_COMMIT;
    } while (left > 0);
  }
  // What their events are known by was remembered as well, and their names: somebody new may have them.
  folder.clear();
  if (ours.length > 0) ports.logger.info({ partition, tenant_id: tenantId, sequence }, 'a user was erased');
  yield emptyBatch(entry, context);
}
