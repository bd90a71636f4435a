import type { EngineEvent } from '@cairn/engine';

/** An event as the log would hold it, but for what nothing looks at. */
export function makeEvent(parts: { i: number; user: number; type: string; occurredAt: number; propertiesJson: string }): EngineEvent {
  const { i, user, type, occurredAt, propertiesJson } = parts;
  return {
    eventId: `evt-${String(i)}`,
    type,
    tenantId: 'default',
    userId: `user-${String(user)}`,
    teamId: null,
    source: { platform: 'ci', app: 'bench', ref: null, sdk: null, sdkVersion: null },
    occurredAt,
    receivedAt: occurredAt,
    clockSkewed: false,
    backfill: false,
    schemaVersion: 1,
    propertiesJson,
    sequence: i + 1,
    index: 0,
  };
}
