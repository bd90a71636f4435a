import type { CairnEvent } from '@cairn/contracts';
import type { EngineEvent } from '@cairn/engine';
import type { Place } from './BatchBuilder.js';

export function toEngineEvent(event: CairnEvent, place: Place): EngineEvent {
  return {
    eventId: event.eventId,
    type: event.type,
    tenantId: event.tenantId,
    userId: event.userId,
    teamId: event.teamId,
    source: event.source,
    occurredAt: event.occurredAt,
    receivedAt: event.receivedAt,
    clockSkewed: event.clockSkewed,
    backfill: event.backfill,
    schemaVersion: event.schemaVersion,
    propertiesJson: event.propertiesJson,
    sequence: place.sequence,
    index: place.index,
  };
}
