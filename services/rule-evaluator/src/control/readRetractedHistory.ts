import type { CairnEvent, ControlEntry } from '@cairn/contracts';
import { type Catalogue, type CountedVersions, type EngineEvent, RetractedHistory, type Retraction, slugsConcernedBy } from '@cairn/engine';
import { RETRACTION_LOOKUP_EVENTS } from '../limits.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import { type PlacedEvent, placeKey, placesOfOriginals } from '../teams/placesOfOriginals.js';
import type { ControlContext } from './ControlContext.js';

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
  const history = new RetractedHistory(tenant.catalogue, await versionsOf(slugs, { tenant, store: ports.store }));
  const granted: Granted[] = [];
  let chunk: PlacedEvent[] = [];
  const foldChunk = async (): Promise<void> => {
    const originals = await placesOfOriginals({ store: ports.store, tenantKey: tenant.tenantKey, retractedBefore: before }, chunk);
    for (const { event, place } of chunk) {
      const isRetracted = place.sequence === retracted.sequence && place.index === retracted.index;
      if (originals.has(placeKey(place))) history.fold(toEngineEvent(event, place), { isRetracted });
    }
    chunk = [];
  };
  for await (const raw of ports.log.history({ partition, tenantId: tenant.tenantId, before, control: 'include', signal })) {
    const entry = decodeEntry(raw);
    if (entry.kind === 'newer') throw entry.error;
    if (entry.kind === 'control') granted.push(...grantsTo(retracted.userId, entry.control));
    if (entry.kind === 'events') {
      for (const [index, event] of entry.events.entries())
        if (isOf(retracted, event)) chunk.push({ event, place: { sequence: entry.sequence, index } });
    }
    if (chunk.length >= RETRACTION_LOOKUP_EVENTS) await foldChunk();
  }
  await foldChunk();
  return { slugs, history, isGranted: (key) => granted.some((grant) => covers(grant, key)) };
}

function isOf(retracted: EngineEvent, { userId }: CairnEvent): boolean {
  return userId === retracted.userId;
}

/** Each with the versions that its counts go on from. */
async function versionsOf(slugs: readonly string[], of: { tenant: TenantContext; store: EvaluationStore }): Promise<CountedVersions[]> {
  const { tenant, store } = of;
  const catalogues = new Map<number, Catalogue>();
  const all: CountedVersions[] = [];
  for (const slug of slugs) {
    const versions: CountedVersions[number][] = [];
    let version = tenant.catalogue.definitions.get(slug);
    while (version !== undefined) {
      versions.unshift(version);
      if (version.definition.onPublish !== 'continue') break;
      const atSequence = version.sequence - 1;
      const catalogue = catalogues.get(atSequence) ?? (await store.catalogue({ tenantKey: tenant.tenantKey, atSequence }));
      catalogues.set(atSequence, catalogue);
      version = catalogue.definitions.get(slug);
    }
    all.push(versions);
  }
  return all;
}

/** What a person gave: level and period are null where the request left them open. */
interface Granted {
  slug: string;
  level: string | null;
  period: string | null;
}

function grantsTo(userId: string, { body }: ControlEntry): Granted[] {
  return body.kind === 'unlock_granted' && body.userId === userId ? [body] : [];
}

/** A grant that left something open is taken for one of whatever there is: nobody loses what a person may have given. */
function covers(grant: Granted, key: Granted): boolean {
  const isMeant = (given: string | null, wanted: string | null): boolean => given === null || given === wanted;
  return grant.slug === key.slug && isMeant(grant.level, key.level) && isMeant(grant.period, key.period);
}
