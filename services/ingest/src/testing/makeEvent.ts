import { admitEvent, type CairnEvent } from '@cairn/contracts';

/** An event as it comes out of the door; what a test does not care about is always the same. */
export function makeEvent(said: Record<string, unknown> & { user?: string; tenant?: string } = {}): CairnEvent {
  const { user = 'ada', tenant = 'default', ...rest } = said;
  return admitEvent(
    { type: 'build.succeeded', actor: { user_id: user, tenant_id: tenant }, occurred_at: '2026-04-12T10:15:00Z', ...rest },
    { tenantId: tenant, mayWriteTo: () => true, receivedAt: Date.parse('2026-04-12T10:15:01Z') },
  );
}
