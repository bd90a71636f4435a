import type { CairnEvent } from '@cairn/contracts';
import type { EngineEvent } from '@cairn/engine';

/** At its place in the log. */
export function toEngineEvent(event: CairnEvent, place: { sequence: number; index: number }): EngineEvent {
  const { eventId, type, tenantId, userId, teamId, source, occurredAt, receivedAt, clockSkewed, backfill, schemaVersion } = event;
  const { propertiesJson } = event;
  return {
    ...{ eventId, type, tenantId, userId, teamId, source, occurredAt, receivedAt, clockSkewed, backfill, schemaVersion },
    propertiesJson,
    ...place,
  };
}
