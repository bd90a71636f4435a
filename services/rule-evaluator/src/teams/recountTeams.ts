import { emptyState, mergeTeamRecount, recountCatalogue } from '@cairn/engine';
import { UserAliases } from '../aliases/UserAliases.js';
import { foldedOf } from '../control/controlBatch.js';
import { RECOUNT_TEAMS_PER_COMMIT, TEAMS_LOOKUP_EVENTS } from '../limits.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import { type PlacedEvent, placeKey, placesOfOriginals } from './placesOfOriginals.js';
import type { TeamScope } from './recheckTeams.js';
import { type Slice, TeamScratches } from './TeamScratches.js';
import { untilAllArePast } from './untilAllArePast.js';

export interface TeamRecount {
  /** Achievements of teams that are counted anew. */
  slugs: readonly string[];
  /** The tenant had no achievements of teams before: what its members chose and which plans its teams have is not known yet. */
  isNew: boolean;
}

/**
 * Evaluates definitions over all that lies before their publication, for a slice of the teams after the other so that memory is
 * bounded, and merges the result into their states. This loop stands still meanwhile, and no partition does. A crash in between
 * does no harm: the entry is applied again from its start, and what is held is not awarded twice.
 */
export async function* recountTeams(recount: TeamRecount, scope: TeamScope): AsyncGenerator<FoldedBatch> {
  if (recount.slugs.length === 0 && !recount.isNew) return;
  await untilAllArePast(scope.entry, scope.context);
  const { signal } = scope.context;
  let slices = 1;
  for (let number = 0; number < slices && !signal.aborted; number++) {
    const scratches = await foldHistory({ number, of: slices }, recount, scope);
    if (scratches === null) {
      // Too many teams: thinner slices, from the first on. What was merged already is merged again and changes nothing.
      slices *= 2;
      number = -1;
      continue;
    }
    if (recount.isNew && number === 0) yield* keepMembers(scratches, scope);
    yield* mergeTeams(scratches, { recount, scope });
  }
}

/** null where the slice holds too many teams. */
async function foldHistory(slice: Slice, recount: TeamRecount, scope: TeamScope): Promise<TeamScratches | null> {
  const { entry, tenant, context } = scope;
  const scratches = new TeamScratches(recountCatalogue(tenant.catalogue.ofTeams, recount.slugs), slice);
  const { log, store } = context.ports;
  const history = log.history({
    partition: null,
    tenantId: tenant.tenantId,
    before: entry.sequence,
    control: 'include',
    signal: context.signal,
  });
  const aliases = new UserAliases();
  let chunk: PlacedEvent[] = [];
  const foldChunk = async () => {
    const originals = await placesOfOriginals({ store, tenantKey: tenant.tenantKey, retractedBefore: entry.sequence }, chunk);
    for (const { event, place } of chunk) if (originals.has(placeKey(place))) scratches.fold(toEngineEvent(event, place));
    chunk = [];
  };
  for await (const raw of history) {
    const past = decodeEntry(raw);
    if (past.kind === 'newer') throw past.error;
    if (past.kind === 'control' && past.control.body.kind === 'users_merged') {
      await foldChunk();
      const merge = aliases.resolve(past.control.body);
      if (merge !== null) aliases.merge(merge);
      if (merge !== null) scratches.mergeMembers(merge);
    }
    if (past.kind !== 'events') continue;
    for (const [index, event] of past.events.entries()) {
      if (scratches.concerns(event)) chunk.push({ event, place: { sequence: past.sequence, index } });
    }
    if (chunk.length >= TEAMS_LOOKUP_EVENTS) await foldChunk();
    if (scratches.isOverfull) return null;
  }
  await foldChunk();
  return scratches.isOverfull ? null : scratches;
}

/** What members chose before the tenant's first achievement of teams, so that it can be followed from here on. */
async function* keepMembers({ choices: { members } }: TeamScratches, { entry, tenant, context }: TeamScope): AsyncGenerator<FoldedBatch> {
  const chosen = [...members];
  for (let start = 0; start < chosen.length; start += RECOUNT_TEAMS_PER_COMMIT) {
    const chunk = chosen.slice(start, start + RECOUNT_TEAMS_PER_COMMIT);
    const choosing = await context.folder.members.loadChoosing(
      tenant,
      chunk.map(([userId]) => userId),
      context.folder.nextNumber(),
    );
    const builder = new BatchBuilder(context.partition);
    for (const member of choosing) {
      member.state = members.get(member.userId) ?? emptyState();
      builder.touch(member);
    }
    yield foldedOf(builder, { entry, context, newSeq: context.position });
  }
}

async function* mergeTeams(scratches: TeamScratches, of: { recount: TeamRecount; scope: TeamScope }): AsyncGenerator<FoldedBatch> {
  const teamIds = [...scratches.teams.keys()];
  for (let start = 0; start < teamIds.length; start += RECOUNT_TEAMS_PER_COMMIT) {
    yield await mergeChunk(teamIds.slice(start, start + RECOUNT_TEAMS_PER_COMMIT), { ...of, scratches });
  }
}

async function mergeChunk(
  teamIds: readonly string[],
  of: { recount: TeamRecount; scope: TeamScope; scratches: TeamScratches },
): Promise<FoldedBatch> {
  const { entry, tenant, context } = of.scope;
  const { slugs, isNew } = of.recount;
  const { folder } = context;
  await folder.loadTeams(tenant, new Set(teamIds), { repair: context.repairUnlocks, number: folder.nextNumber() });
  const builder = new BatchBuilder(context.partition);
  for (const teamId of teamIds) {
    const scratch = of.scratches.teams.get(teamId);
    const team = folder.teams.peek(tenant.tenantKey, teamId);
    if (scratch === undefined || team === undefined) throw new Error('a recounted team was not loaded');
    if (team.unreadable !== null) continue;
    if (isNew) team.state.tier = scratch.state.tier;
    builder.touch(team);
    if (slugs.length === 0) continue;
    const { entryId: cause, at } = entry.control;
    const recount = { scratch: scratch.state, slugs, scratchUnlocks: scratch.unlocks, cause, at };
    builder.addEffects(team, mergeTeamRecount(tenant.catalogue, team.state, recount), { sequence: entry.sequence, index: 0 });
  }
  return foldedOf(builder, { entry, context, newSeq: context.position });
}
