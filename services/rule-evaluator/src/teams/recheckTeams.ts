import { recheckTeam } from '@cairn/engine';
import { foldedOf } from '../control/controlBatch.js';
import { RECOUNT_TEAMS_PER_COMMIT } from '../limits.js';
import { BatchBuilder, ORDER } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { TeamControlContext } from './TeamControlContext.js';

/** What a control entry is applied to. */
export interface TeamScope {
  entry: Entry & { kind: 'control' };
  tenant: TenantContext;
  context: TeamControlContext;
}

/** Unlocks what the teams of a tenant have met already, after what they need for it has changed. Silent, as a recount is. */
export async function* recheckTeams(scope: TeamScope): AsyncGenerator<FoldedBatch> {
  const { tenant, context } = scope;
  for (let after: string | null = null; ; ) {
    const teamIds: string[] = await context.ports.store.teams({ tenantKey: tenant.tenantKey, after, limit: RECOUNT_TEAMS_PER_COMMIT });
    if (teamIds.length > 0) yield await recheckChunk(teamIds, scope);
    after = teamIds.at(-1) ?? null;
    if (teamIds.length < RECOUNT_TEAMS_PER_COMMIT) return;
  }
}

async function recheckChunk(teamIds: readonly string[], { entry, tenant, context }: TeamScope): Promise<FoldedBatch> {
  const { folder } = context;
  await folder.loadTeams(tenant, new Set(teamIds), { repair: context.repairUnlocks, number: folder.nextNumber() });
  const builder = new BatchBuilder(context.partition);
  for (const teamId of teamIds) {
    const team = folder.teams.peek(tenant.tenantKey, teamId);
    if (team === undefined) throw new Error('a team to be checked again was not loaded');
    if (team.unreadable !== null) continue;
    const effects = recheckTeam(tenant.catalogue, team.state, { at: entry.control.at, cause: entry.control.entryId });
    if (effects.unlocks.length === 0) continue;
    builder.touch(team);
    const unlocks = effects.unlocks.map((unlock) => ({ ...unlock, backfilled: true }));
    builder.addEffects(team, { ...effects, unlocks }, { sequence: entry.sequence, index: 0, order: ORDER.rechecked });
  }
  return foldedOf(builder, { entry, context, newSeq: context.position });
}
