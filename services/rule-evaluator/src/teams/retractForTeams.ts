import { type ControlBody, hashEventId } from '@cairn/contracts';
import { changesConsent, type EngineEvent, retractFromTeam, teamSlugsConcernedBy } from '@cairn/engine';
import { addOutcome } from '../control/addOutcome.js';
import { emptyBatch, foldedOf } from '../control/controlBatch.js';
import { isGranted } from '../control/isGranted.js';
import { readEventAt } from '../control/readEventAt.js';
import { refuseControl } from '../control/refuseControl.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import { type RetractedTeams, readRetractedTeams } from './readRetractedTeams.js';
import { readTeamsOf } from './readTeamsOf.js';
import type { TeamScope } from './recheckTeams.js';
import type { TeamControlContext } from './TeamControlContext.js';
import { untilAllArePast } from './untilAllArePast.js';

type EventRetracted = Extract<ControlBody, { kind: 'event_retracted' }>;

/**
 * Takes an event out of what the teams have done that it counted for: the team that it names, or for a choice of a member all teams
 * that the member acted for. Whether the event was there to be retracted, the partition of its user has said. This loop reads the
 * history meanwhile and stands still; where it is interrupted, the entry is applied again and finds taken back what is.
 */
export async function* retractForTeams(
  entry: Entry & { kind: 'control' },
  body: EventRetracted,
  context: TeamControlContext,
): AsyncGenerator<FoldedBatch> {
  const tenant = await context.folder.tenants.get(entry.control.tenantId, entry.sequence);
  let refusal: string | null = null;
  // A tenant without achievements of teams has nothing to take back; one that gets its first later counts by what is left.
  if (context.folder.isFollowed(tenant.tenantId)) {
    const scope = { entry, tenant, context };
    const found = await findRetracted(body, scope);
    if (found === 'not_in_log') refusal = NOT_IN_LOG;
    else if (found !== null) refusal = yield* retractFromTeams(found, body, scope);
  }
  yield refusal === null ? emptyBatch(entry, context) : refuseControl(entry, context, { code: 'unfoldable_event', message: refusal });
}

const NOT_IN_LOG = 'the log no longer holds the event: what it counted for cannot be told any more';

/** null where this entry retracted nothing: the event is not known, another's, or was retracted before. */
async function findRetracted(body: EventRetracted, scope: TeamScope): Promise<EngineEvent | 'not_in_log' | null> {
  const { entry, tenant, context } = scope;
  const { store, log } = context.ports;
  await untilAllArePast(entry, context);
  const eventIdHashes = [hashEventId(body.eventId)];
  const [row] = await store.findIdentities({ tenantKey: tenant.tenantKey, eventIdHashes, keyHashes: [], fingerprints: [] });
  if (row === undefined || row.retractedSeq !== entry.sequence) return null;
  return (await readEventAt(row, { log, tenantId: tenant.tenantId, partition: null, signal: context.signal })) ?? 'not_in_log';
}

/** Answers why it cannot be done for all of them; null where it is. */
async function* retractFromTeams(event: EngineEvent, body: EventRetracted, scope: TeamScope): AsyncGenerator<FoldedBatch, string | null> {
  let refusal: string | null = null;
  for await (const teamIds of concernedBy(event, scope)) {
    const told = await readRetractedTeams({ event, teamIds }, scope);
    const { folded, unreadable } = await retractChunk(told, { event, reason: body.reason }, scope);
    refusal ??= unreadable;
    yield folded;
  }
  return refusal;
}

/** The teams that an event may have counted for, some at a time. */
async function* concernedBy(event: EngineEvent, scope: TeamScope): AsyncGenerator<ReadonlySet<string>> {
  if (teamSlugsConcernedBy(scope.tenant.catalogue, event.type).length === 0) return;
  if (changesConsent(event.type)) yield* readTeamsOf(event.userId, scope);
  else if (event.teamId !== null) yield new Set([event.teamId]);
}

async function retractChunk(
  told: RetractedTeams,
  retracted: { event: EngineEvent; reason: string },
  { entry, tenant, context }: TeamScope,
): Promise<{ folded: FoldedBatch; unreadable: string | null }> {
  const { history, granted, slugs } = told;
  const { folder, ports } = context;
  const { entryId: cause, at } = entry.control;
  const builder = new BatchBuilder(context.partition);
  let unreadable = await takeChoice(builder, { told, event: retracted.event }, { entry, tenant, context });
  const teamIds = new Set(history.teams.keys());
  await folder.loadTeams(tenant, teamIds, { repair: context.repairUnlocks, number: folder.nextNumber() });
  for (const [teamId, counted] of history.teams) {
    const team = folder.teams.peek(tenant.tenantKey, teamId);
    if (team === undefined) throw new Error('the team of a retracted event was not loaded');
    unreadable ??= team.unreadable;
    if (team.unreadable !== null) continue;
    const given = granted.get(teamId) ?? [];
    const effects = retractFromTeam(tenant.catalogue, team.state, {
      ...{ ...retracted, at, cause, slugs, history: counted },
      isGranted: (key) => isGranted(given, key),
    });
    await addOutcome(builder, effects, { user: team, tenant, store: ports.store, sequence: entry.sequence });
  }
  return { folded: foldedOf(builder, { entry, context, newSeq: context.position }), unreadable };
}

/** What the member chose otherwise holds again. Answers why that cannot be kept; null where it can. */
async function takeChoice(
  builder: BatchBuilder,
  { told, event }: { told: RetractedTeams; event: EngineEvent },
  { tenant, context }: TeamScope,
): Promise<string | null> {
  if (!changesConsent(event.type)) return null;
  const { members } = context.folder;
  const userId = tenant.aliases.userOf(event.userId);
  const [member] = await members.loadChoosing(tenant, [userId], context.folder.nextNumber());
  if (member === undefined) throw new Error('the member of a retracted choice was not loaded');
  if (member.unreadable !== null) return member.unreadable;
  member.state.consent = told.history.choices.of(userId).consent;
  builder.touch(member);
  return null;
}
