import type { CairnEvent, WireEvent } from './event.js';
import { formatInstant } from './instant.js';

/** An accepted event as a producer would write it, so that what the log holds can go back through a door. */
export function toWireEvent(event: CairnEvent): WireEvent {
  const { source } = event;
  return {
    event_id: event.eventId,
    ...(event.idempotencyKey === null ? {} : { idempotency_key: event.idempotencyKey }),
    type: event.type,
    actor: { user_id: event.userId, tenant_id: event.tenantId, ...(event.teamId === null ? {} : { team_id: event.teamId }) },
    source: {
      platform: source.platform,
      ...(source.app === null ? {} : { app: source.app }),
      ...(source.ref === null ? {} : { ref: source.ref }),
      ...(source.sdk === null ? {} : { sdk: source.sdk }),
      ...(source.sdkVersion === null ? {} : { sdk_version: source.sdkVersion }),
    },
    occurred_at: formatInstant(event.occurredAt),
    properties: JSON.parse(event.propertiesJson) as Record<string, unknown>,
    schema_version: event.schemaVersion,
    ...(event.backfill ? { backfill: true } : {}),
  };
}
