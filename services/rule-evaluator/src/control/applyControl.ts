import { type ControlEntry, type HowGranted, partitionOf, type UnlockTarget } from '@cairn/contracts';
import { type Effects, encodeState, grant, revoke } from '@cairn/engine';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import { addOutcome } from './addOutcome.js';
import { beginRecount } from './beginRecount.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch, foldedOf } from './controlBatch.js';
import { eraseUser } from './eraseUser.js';
import { isAfterMerge, mergeTenantAt } from './mergeTenantAt.js';
import { mergeUsersAt } from './mergeUsersAt.js';
import { publishPack } from './publishPack.js';
import { refuseControl } from './refuseControl.js';
import { retractEvent } from './retractEvent.js';

/** What a control entry changes in one partition, in batches to be committed one after the other; the last one moves the position past it. */
export async function* applyControl(entry: Entry & { kind: 'control' }, context: ControlContext): AsyncGenerator<FoldedBatch> {
  const { control } = entry;
  if (await isAfterMerge(entry, context.folder.tenants)) {
    yield emptyBatch(entry, context);
    return;
  }
  switch (control.body.kind) {
    case 'pack_published':
      yield* publishPack(entry, control.body, context);
      return;
    case 'unlock_granted':
      yield await changeUnlock(entry, control.body, { context, change: grant });
      return;
    case 'unlock_revoked':
      yield await changeUnlock(entry, control.body, { context, change: revoke });
      return;
    case 'team_unlock_granted':
    case 'team_unlock_revoked':
      // The loop of the teams acts.
      yield emptyBatch(entry, context);
      return;
    case 'event_retracted':
      yield await retractEvent(entry, control.body, context);
      return;
    case 'users_merged':
      yield await mergeUsersAt(entry, control.body, context);
      return;
    case 'user_erased':
      yield* eraseUser(entry, control.body, context);
      return;
    case 'tenant_merged':
      yield await mergeTenantAt(entry, control.body, context);
      return;
    case 'tenant_configured':
      yield await configureTenant(entry, control.body, context);
      return;
  }
}

/** Only the partition that the user belongs to acts; the others step over it. */
async function changeUnlock(
  entry: Entry & { kind: 'control' },
  target: UnlockTarget & HowGranted,
  how: { context: ControlContext; change: typeof grant | typeof revoke },
): Promise<FoldedBatch> {
  const { context } = how;
  const { control, sequence } = entry;
  const tenant = await context.folder.tenants.get(control.tenantId, sequence);
  const userId = tenant.aliases.userOf(target.userId);
  if (partitionOf(control.tenantId, userId, context.ports.partitions) !== context.partition) return emptyBatch(entry, context);
  const { board } = context.folder;
  // The recount finds it in the log, in its turn: only then is it known what there is to give or to take.
  if (board.isPending(tenant, userId, target.slug)) return emptyBatch(entry, context);
  await context.folder.loadUsers(tenant, new Set([userId]), { repair: context.repairUnlocks, number: context.folder.nextNumber() });
  const user = context.folder.users.peek(tenant.tenantKey, userId);
  if (user === undefined) throw new Error('the user of a control entry was not loaded');
  if (user.unreadable !== null) return refuseControl(entry, context, { code: 'unfoldable_event', message: user.unreadable });
  const before = encodeState(user.state);
  const effects: Effects = how.change(board.catalogueFor(tenant, userId), user.state, {
    slug: target.slug,
    level: target.level,
    period: target.period,
    at: control.at,
    cause: control.entryId,
    reason: target.reason,
    backfilled: target.backfilled ?? false,
  });
  const builder = new BatchBuilder(context.partition);
  // Of what changes nothing no state is written: a recount that finds it in its turn writes none either.
  if (Buffer.compare(before, encodeState(user.state)) !== 0)
    await addOutcome(builder, effects, { user, tenant, store: context.ports.store, sequence });
  const recount = board.doneTo(tenant.tenantKey, userId);
  if (recount !== null) builder.addRecount({ change: 'move', row: { ...recount, byHand: [...recount.byHand, control.entryId] } });
  return foldedOf(builder, { entry, context, newSeq: sequence });
}

async function configureTenant(
  entry: Entry & { kind: 'control' },
  settings: Extract<ControlEntry['body'], { kind: 'tenant_configured' }>,
  context: ControlContext,
): Promise<FoldedBatch> {
  const tenant = await context.folder.tenants.get(entry.control.tenantId, entry.sequence);
  const { timezone, tierOrder } = settings;
  await context.ports.store.configureTenant({ tenantKey: tenant.tenantKey, sequence: entry.sequence, timezone, tierOrder });
  tenant.catalogue = tenant.catalogue.configure({
    ...(timezone === null ? {} : { timezone }),
    ...(tierOrder === null ? {} : { tierOrder }),
  });
  const builder = new BatchBuilder(context.partition);
  // A tier may be worth more now than it was: what is met unlocks.
  if (await context.ports.store.recounts.hasUsers(tenant.tenantKey))
    builder.addRecount(beginRecount(entry, { tenant, kind: 'recheck', slugs: [], xpRules: [] }));
  return foldedOf(builder, { entry, context, newSeq: entry.sequence });
}
