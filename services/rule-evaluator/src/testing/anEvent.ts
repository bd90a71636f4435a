import { admitEvent, type CairnEvent } from '@cairn/contracts';

export function anEvent(fields: {
  id: string;
  tenant?: string;
  user?: string;
  team?: string;
  type?: string;
  at?: string;
  key?: string;
  ref?: string;
  properties?: Record<string, unknown>;
}): CairnEvent {
  return admitEvent(
    {
      event_id: fields.id,
      ...(fields.key === undefined ? {} : { idempotency_key: fields.key }),
      ...(fields.ref === undefined ? {} : { source: { ref: fields.ref } }),
      type: fields.type ?? 'build.succeeded',
      actor: { user_id: fields.user ?? 'ada', ...(fields.team === undefined ? {} : { team_id: fields.team }) },
      occurred_at: fields.at ?? '2026-04-12T10:15:00Z',
      properties: fields.properties ?? {},
    },
    { tenantId: fields.tenant ?? 'default', mayWriteTo: () => true, receivedAt: Date.UTC(2026, 5) },
  );
}
