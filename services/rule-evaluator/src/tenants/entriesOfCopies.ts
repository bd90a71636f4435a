import { type CairnEvent, encodeEventBatch, logSubject, partitionOf } from '@cairn/contracts';
import { TENANT_COPY_ENTRY_BYTES_MAX, TENANT_COPY_ENTRY_EVENTS_MAX } from '../limits.js';

/** An entry of the log that is to be written. */
export interface NewEntry {
  partition: number;
  subject: string;
  data: Uint8Array;
}

/** Events of a tenant in entries of one partition each; those of a user stay in their order. */
export function entriesOfCopies(events: readonly CairnEvent[], of: { tenantId: string; partitions: number }): NewEntry[] {
  const { tenantId, partitions } = of;
  const entries: NewEntry[] = [];
  const open = new Map<number, { events: CairnEvent[]; bytes: number }>();
  const close = (partition: number, held: readonly CairnEvent[]): void => {
    entries.push({ partition, subject: logSubject(partition, tenantId), data: encodeEventBatch({ tenantId, events: [...held] }) });
    open.delete(partition);
  };
  for (const event of events) {
    const partition = partitionOf(tenantId, event.userId, partitions);
    const entry = open.get(partition) ?? { events: [], bytes: 0 };
    open.set(partition, entry);
    entry.events.push(event);
    entry.bytes += event.propertiesJson.length;
    if (entry.events.length >= TENANT_COPY_ENTRY_EVENTS_MAX || entry.bytes >= TENANT_COPY_ENTRY_BYTES_MAX) close(partition, entry.events);
  }
  for (const [partition, entry] of [...open]) close(partition, entry.events);
  return entries;
}
