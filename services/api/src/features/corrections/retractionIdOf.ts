import { entryIdOf } from '../grants/entryIdOf.js';

/** The id of the control entry that retracts an event, and of its audit: the same for every request, since it is done once. */
export function retractionIdOf(tenantId: string, eventId: string): string {
  return entryIdOf({ tenantId, action: 'retract', idempotencyKey: eventId });
}
