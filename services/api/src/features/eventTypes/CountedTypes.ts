import { decodeEventBatch, isControlSubject } from '@cairn/contracts';

export interface CountedType {
  events: number;
  firstSeen: number;
  lastSeen: number;
}

/** The types of the events in some entries of the log, by tenant. */
export class CountedTypes {
  readonly tenants = new Map<string, Map<string, CountedType>>();

  /** @throws CairnError `undecodable_entry` */
  add(entry: { subject: string; data: Uint8Array }): void {
    if (isControlSubject(entry.subject)) return;
    const { tenantId, events } = decodeEventBatch(entry.data);
    const types = this.#typesOf(tenantId);
    for (const { type, occurredAt } of events) {
      const counted = types.get(type);
      if (counted === undefined) types.set(type, { events: 1, firstSeen: occurredAt, lastSeen: occurredAt });
      else {
        counted.events += 1;
        counted.firstSeen = Math.min(counted.firstSeen, occurredAt);
        counted.lastSeen = Math.max(counted.lastSeen, occurredAt);
      }
    }
  }

  #typesOf(tenantId: string): Map<string, CountedType> {
    const known = this.tenants.get(tenantId);
    if (known !== undefined) return known;
    const types = new Map<string, CountedType>();
    this.tenants.set(tenantId, types);
    return types;
  }
}
