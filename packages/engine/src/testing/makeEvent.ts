import type { EngineEvent } from '../engineEvent.js';

/** 2026-04-12T10:15:00Z, a Sunday. */
export const SUNDAY = Date.UTC(2026, 3, 12, 10, 15);

export interface EventParts {
  type?: string;
  at?: number;
  properties?: Record<string, unknown>;
  userId?: string;
  teamId?: string;
  eventId?: string;
  sequence?: number;
  backfill?: boolean;
}

/** An event of a test; its place in the log also names it, unless told otherwise. */
export function makeEvent(parts: EventParts = {}): EngineEvent {
  const sequence = parts.sequence ?? 1;
  const at = parts.at ?? SUNDAY;
  return {
    eventId: parts.eventId ?? `e${String(sequence)}`,
    type: parts.type ?? 'build.succeeded',
    tenantId: 'default',
    userId: parts.userId ?? 'u1',
    teamId: parts.teamId ?? null,
    source: { platform: 'linux', app: null, ref: null, sdk: null, sdkVersion: null },
    occurredAt: at,
    receivedAt: at,
    clockSkewed: false,
    backfill: parts.backfill ?? false,
    schemaVersion: 1,
    propertiesJson: JSON.stringify(parts.properties ?? {}),
    sequence,
    index: 0,
  };
}
