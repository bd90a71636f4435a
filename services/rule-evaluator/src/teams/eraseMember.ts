import { emptyBatch, foldedOf } from '../control/controlBatch.js';
import type { UserErased } from '../control/eraseUser.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TeamControlContext } from './TeamControlContext.js';

/** What somebody chose as a member of teams goes with them. What their teams reached is rebuilt from the log once they are erased from it. */
export async function* eraseMember(
  entry: Entry & { kind: 'control' },
  body: UserErased,
  context: TeamControlContext,
): AsyncGenerator<FoldedBatch> {
  const { folder, ports, partition } = context;
  if (body.userIds.length > 0) {
    const { tenantKey } = await folder.tenants.get(entry.control.tenantId, entry.sequence);
    await ports.store.forgetAliases({ tenantKey, aliases: body.userIds, before: entry.sequence });
    const builder = new BatchBuilder(partition);
    // Also of who never chose anything that counted, and has a row all the same.
    for (const { userKey } of await ports.store.loadUsers(tenantKey, body.userIds, 'member'))
      builder.addErasure({ tenantKey, userKey, events: 0, wasMerged: false, isLast: true });
    yield foldedOf(builder, { entry, context, newSeq: context.position });
    folder.clear();
  }
  yield emptyBatch(entry, context);
}
