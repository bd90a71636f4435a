import { type EngineEvent, RetractedTeamHistory, teamSlugsConcernedBy, type UnlockKey } from '@cairn/engine';
import { type Merge, UserAliases } from '../aliases/UserAliases.js';
import { countedVersionsOf } from '../control/countedVersionsOf.js';
import { TEAMS_LOOKUP_EVENTS } from '../limits.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import { type PlacedEvent, placeKey, placesOfOriginals } from './placesOfOriginals.js';
import type { TeamScope } from './recheckTeams.js';

/** What the history gives of some teams, with an event and without it. */
export interface RetractedTeams {
  slugs: readonly string[];
  history: RetractedTeamHistory;
  /** What a person gave, by team. */
  granted: ReadonlyMap<string, readonly UnlockKey[]>;
}

/** Reads all that the members of some teams did before a retraction; every partition is past it. */
export async function readRetractedTeams(
  { event: retracted, teamIds }: { event: EngineEvent; teamIds: ReadonlySet<string> },
  { entry: { sequence }, tenant, context }: TeamScope,
): Promise<RetractedTeams> {
  const { log, store } = context.ports;
  const slugs = teamSlugsConcernedBy(tenant.catalogue, retracted.type);
  const history = new RetractedTeamHistory(tenant.catalogue, { versions: await countedVersionsOf(slugs, { tenant, store }), teamIds });
  const granted = new Map<string, UnlockKey[]>();
  let chunk: PlacedEvent[] = [];
  const foldChunk = async (): Promise<void> => {
    const originals = await placesOfOriginals({ store, tenantKey: tenant.tenantKey, retractedBefore: sequence }, chunk);
    for (const { event, place } of chunk) {
      const isRetracted = place.sequence === retracted.sequence && place.index === retracted.index;
      if (originals.has(placeKey(place))) history.fold(toEngineEvent(event, place), { isRetracted });
    }
    chunk = [];
  };
  const aliases = new UserAliases();
  const merge = async (asked: Merge): Promise<void> => {
    await foldChunk();
    const meant = aliases.resolve(asked);
    if (meant === null) return;
    aliases.merge(meant);
    history.mergeMembers(meant);
  };
  const { tenantId } = tenant;
  for await (const raw of log.history({ partition: null, tenantId, before: sequence, control: 'include', signal: context.signal })) {
    const entry = decodeEntry(raw);
    if (entry.kind === 'newer') throw entry.error;
    if (entry.kind === 'control') {
      const { body } = entry.control;
      if (body.kind === 'team_unlock_granted' && teamIds.has(body.teamId))
        granted.set(body.teamId, [...(granted.get(body.teamId) ?? []), body]);
      if (body.kind === 'users_merged') await merge(body);
    }
    if (entry.kind === 'events') {
      for (const [index, event] of entry.events.entries())
        if (history.concerns(event)) chunk.push({ event, place: { sequence: entry.sequence, index } });
    }
    if (chunk.length >= TEAMS_LOOKUP_EVENTS) await foldChunk();
  }
  await foldChunk();
  return { slugs, history, granted };
}
