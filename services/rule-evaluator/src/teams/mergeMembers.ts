import { emptyState } from '@cairn/engine';
import { emptyBatch, foldedOf } from '../control/controlBatch.js';
import type { UsersMerged } from '../control/mergeUsersAt.js';
import { noteAlias } from '../control/noteAlias.js';
import { refuseControl } from '../control/refuseControl.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TeamControlContext } from './TeamControlContext.js';

/** What either of two users chose as a member of teams is what the one chose who goes on. What was counted stays as it was counted. */
export async function mergeMembers(
  entry: Entry & { kind: 'control' },
  body: UsersMerged,
  context: TeamControlContext,
): Promise<FoldedBatch> {
  const { folder, ports, partition, epoch } = context;
  const tenant = await folder.tenants.get(entry.control.tenantId, entry.sequence);
  const merge = await noteAlias(entry, body, { tenant, store: ports.store, partition, epoch });
  if (merge === null) return emptyBatch(entry, context);
  const [choosing] = await ports.store.findMembers(tenant.tenantKey, [merge.from]);
  if (choosing === undefined) return emptyBatch(entry, context);
  const members = await folder.members.loadChoosing(tenant, [merge.from, merge.into], folder.nextNumber());
  const [from, into] = members;
  if (from === undefined || into === undefined) throw new Error('a member of a control entry was not loaded');
  const unreadable = from.unreadable ?? into.unreadable;
  if (unreadable !== null) return refuseControl(entry, context, { code: 'unfoldable_event', message: unreadable });
  into.state.consent.merge(from.state.consent);
  // The same said again would bring back what was chosen before it.
  from.state = emptyState();
  const builder = new BatchBuilder(partition);
  builder.touch(into);
  builder.touch(from);
  return foldedOf(builder, { entry, context, newSeq: entry.sequence });
}
