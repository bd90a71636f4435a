import type { CairnEvent } from '@cairn/contracts';
import type { Place } from '../partition/BatchBuilder.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

/** An event and where the log holds this copy of it. */
export interface PlacedEvent {
  event: CairnEvent;
  place: Place;
}

export interface OriginalsOf {
  store: Pick<EvaluationStore, 'findIdentities'>;
  tenantKey: number;
  /** What was retracted by an entry before this place in the log is left out; 0 leaves nothing out. */
  retractedBefore: number;
}

/**
 * The places, as `placeKey` says them, at which an event stands that its partition took: not duplicates, conflicts and poison. Of
 * somebody who was erased there are none: who comes under that name is somebody new.
 */
export async function placesOfOriginals(
  { store, tenantKey, retractedBefore }: OriginalsOf,
  events: readonly PlacedEvent[],
): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await store.findIdentities({
    tenantKey,
    eventIdHashes: events.map(({ event }) => event.identity.eventIdHash),
    keyHashes: [],
    fingerprints: [],
  });
  const counting = rows.filter(({ retractedSeq = null, isErased }) => {
    return isErased !== true && (retractedSeq === null || retractedSeq >= retractedBefore);
  });
  return new Set(counting.map(placeKey));
}

export function placeKey({ sequence, index }: Place): string {
  return `${sequence}:${index}`;
}
