import type { ControlBody, HowGranted, TeamUnlockTarget } from '@cairn/contracts';
import { grant, revoke } from '@cairn/engine';
import { addOutcome } from '../control/addOutcome.js';
import { emptyBatch, foldedOf } from '../control/controlBatch.js';
import { isAfterMerge, mergeTenantAt } from '../control/mergeTenantAt.js';
import { refuseControl } from '../control/refuseControl.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import { eraseMember } from './eraseMember.js';
import { mergeMembers } from './mergeMembers.js';
import { publishForTeams } from './publishForTeams.js';
import { recheckTeams } from './recheckTeams.js';
import { retractForTeams } from './retractForTeams.js';
import type { TeamControlContext } from './TeamControlContext.js';

type ControlEntryOfLog = Entry & { kind: 'control' };

/** What a control entry changes for teams, in batches to be committed one after the other; the last one moves the position past it. */
export async function* applyTeamControl(entry: ControlEntryOfLog, context: TeamControlContext): AsyncGenerator<FoldedBatch> {
  const { body } = entry.control;
  if (await isAfterMerge(entry, context.folder.tenants)) {
    yield emptyBatch(entry, context);
    return;
  }
  switch (body.kind) {
    case 'pack_published':
      yield* publishForTeams(entry, body, context);
      return;
    case 'team_unlock_granted':
      yield await changeUnlock(entry, body, { context, change: grant });
      return;
    case 'team_unlock_revoked':
      yield await changeUnlock(entry, body, { context, change: revoke });
      return;
    case 'user_erased':
      yield* eraseMember(entry, body, context);
      return;
    case 'users_merged':
      yield await mergeMembers(entry, body, context);
      return;
    case 'event_retracted':
      yield* retractForTeams(entry, body, context);
      return;
    case 'tenant_merged':
      yield await mergeTenantAt(entry, body, context);
      return;
    case 'tenant_configured':
      yield* configure(entry, body, context);
      return;
    case 'unlock_granted':
    case 'unlock_revoked':
      // The partition of the user acts.
      yield emptyBatch(entry, context);
      return;
  }
}

async function changeUnlock(
  entry: ControlEntryOfLog,
  target: TeamUnlockTarget & HowGranted,
  how: { context: TeamControlContext; change: typeof grant | typeof revoke },
): Promise<FoldedBatch> {
  const { context } = how;
  const { control, sequence } = entry;
  const { folder, ports } = context;
  const tenant = await folder.tenants.get(control.tenantId, sequence);
  await folder.loadTeams(tenant, new Set([target.teamId]), { repair: context.repairUnlocks, number: folder.nextNumber() });
  const team = folder.teams.peek(tenant.tenantKey, target.teamId);
  if (team === undefined) throw new Error('the team of a control entry was not loaded');
  if (team.unreadable !== null) return refuseControl(entry, context, { code: 'unfoldable_event', message: team.unreadable });
  const { slug, level, period, reason, backfilled = false } = target;
  const byHand = { slug, level, period, at: control.at, cause: control.entryId, reason, backfilled };
  const effects = how.change(tenant.catalogue.ofTeams, team.state, byHand);
  const builder = new BatchBuilder(context.partition);
  await addOutcome(builder, effects, { user: team, tenant, store: ports.store, sequence });
  return foldedOf(builder, { entry, context, newSeq: sequence });
}

async function* configure(
  entry: ControlEntryOfLog,
  settings: Extract<ControlBody, { kind: 'tenant_configured' }>,
  context: TeamControlContext,
): AsyncGenerator<FoldedBatch> {
  const tenant = await context.folder.tenants.get(entry.control.tenantId, entry.sequence);
  const { timezone, tierOrder } = settings;
  await context.ports.store.configureTenant({ tenantKey: tenant.tenantKey, sequence: entry.sequence, timezone, tierOrder });
  tenant.catalogue = tenant.catalogue.configure({
    ...(timezone === null ? {} : { timezone }),
    ...(tierOrder === null ? {} : { tierOrder }),
  });
  if (context.folder.isFollowed(tenant.tenantId)) yield* recheckTeams({ entry, tenant, context });
  yield emptyBatch(entry, context);
}
