import type { ControlEntry } from '@cairn/contracts';
import { type EngineEvent, RetractedHistory, type Retraction, slugsConcernedBy, type UnlockKey } from '@cairn/engine';
import { partitionsOfHistory } from '../aliases/historyOfPartition.js';
import { RETRACTION_LOOKUP_EVENTS } from '../limits.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import { type PlacedEvent, placeKey, placesOfOriginals } from '../teams/placesOfOriginals.js';
import type { ControlContext } from './ControlContext.js';
import { countedVersionsOf } from './countedVersionsOf.js';
import { isGranted } from './isGranted.js';

interface RetractedOf {
  tenant: TenantContext;
  event: EngineEvent;
  /** The retraction. */
  before: number;
}

/** What the history of its user gives with an event and without it, for all that the event may have counted for. */
export async function readRetractedHistory(
  of: RetractedOf,
  { ports, partition, signal }: Pick<ControlContext, 'ports' | 'partition' | 'signal'>,
): Promise<Pick<Retraction, 'slugs' | 'history' | 'isGranted'>> {
  const { tenant, event: retracted, before } = of;
  const slugs = slugsConcernedBy(tenant.catalogue, retracted.type);
  const history = new RetractedHistory(tenant.catalogue, await countedVersionsOf(slugs, { tenant, store: ports.store }));
  const granted: UnlockKey[] = [];
  const user = tenant.aliases.userOf(retracted.userId);
  const isOfUser = (userId: string): boolean => tenant.aliases.userOf(userId) === user;
  let chunk: PlacedEvent[] = [];
  const foldChunk = async (): Promise<void> => {
    const originals = await placesOfOriginals({ store: ports.store, tenantKey: tenant.tenantKey, retractedBefore: before }, chunk);
    for (const { event, place } of chunk) {
      const isRetracted = place.sequence === retracted.sequence && place.index === retracted.index;
      if (originals.has(placeKey(place))) history.fold(toEngineEvent(event, place), { isRetracted });
    }
    chunk = [];
  };
  const where = partitionsOfHistory({ ...tenant, partition, partitions: ports.partitions });
  for await (const raw of ports.log.history({ partition: where, tenantId: tenant.tenantId, before, control: 'include', signal })) {
    const entry = decodeEntry(raw);
    if (entry.kind === 'newer') throw entry.error;
    if (entry.kind === 'control') {
      // What was given to who was erased is not the user's who goes by that name now.
      if (erasesAny(isOfUser, entry.control)) granted.length = 0;
      granted.push(...grantsTo(isOfUser, entry.control));
    }
    if (entry.kind === 'events') {
      for (const [index, event] of entry.events.entries())
        if (isOfUser(event.userId)) chunk.push({ event: { ...event, userId: user }, place: { sequence: entry.sequence, index } });
    }
    if (chunk.length >= RETRACTION_LOOKUP_EVENTS) await foldChunk();
  }
  await foldChunk();
  return { slugs, history, isGranted: (key) => isGranted(granted, key) };
}

function grantsTo(isOfUser: (userId: string) => boolean, { body }: ControlEntry): UnlockKey[] {
  return body.kind === 'unlock_granted' && isOfUser(body.userId) ? [body] : [];
}

function erasesAny(isOfUser: (userId: string) => boolean, { body }: ControlEntry): boolean {
  return body.kind === 'user_erased' && body.userIds.some(isOfUser);
}
