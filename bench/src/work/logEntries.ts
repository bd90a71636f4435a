import { type CairnEvent, DEFAULT_TENANT_ID, encodeEventBatch, logSubject, PARTITIONS_DEFAULT, partitionOf } from '@cairn/contracts';

/** What one message of the log holds. */
export interface LogEntry {
  partition: number;
  events: CairnEvent[];
}

/** Events in entries of so many, as ingest gathers them under load: each of one partition, in the order in which they get full. */
export function gatherEntries(events: readonly CairnEvent[], eventsAnEntry: number): LogEntry[] {
  const entries: LogEntry[] = [];
  const waiting = new Map<number, CairnEvent[]>();
  for (const event of events) {
    const partition = partitionOf(DEFAULT_TENANT_ID, event.userId, PARTITIONS_DEFAULT);
    const gathered = waiting.get(partition) ?? [];
    waiting.set(partition, gathered);
    if (gathered.push(event) < eventsAnEntry) continue;
    waiting.delete(partition);
    entries.push({ partition, events: gathered });
  }
  for (const [partition, left] of waiting) entries.push({ partition, events: left });
  return entries;
}

/** An entry as it stands in the log. */
export function encodeEntry({ partition, events }: LogEntry): { subject: string; data: Uint8Array } {
  return { subject: logSubject(partition, DEFAULT_TENANT_ID), data: encodeEventBatch({ tenantId: DEFAULT_TENANT_ID, events }) };
}
