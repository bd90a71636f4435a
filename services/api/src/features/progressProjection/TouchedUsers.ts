import { decodeControlEntry, decodeEventBatch, isControlSubject } from '@cairn/contracts';

/** Whose progress some entries of the log may have changed, and how far the evaluation must be before it can be read. */
export class TouchedUsers {
  /** By tenant. */
  readonly users = new Map<string, Set<string>>();
  /** Tenants of which everybody is touched. */
  readonly tenants = new Set<string>();
  /** By partition, the sequence that has to be evaluated. */
  readonly needed = new Map<number, number>();
  readonly #partitions: number;

  constructor(partitions: number) {
    this.#partitions = partitions;
  }

  /** @throws CairnError `undecodable_entry` */
  add(entry: { subject: string; seq: number; data: Uint8Array }): void {
    if (isControlSubject(entry.subject)) {
      for (let partition = 0; partition < this.#partitions; partition++) this.#need(partition, entry.seq);
      this.#addControl(entry.data);
      return;
    }
    this.#need(Number(entry.subject.split('.')[1]), entry.seq);
    const { tenantId, events } = decodeEventBatch(entry.data);
    for (const { userId } of events) this.#touch(tenantId, userId);
  }

  #addControl(data: Uint8Array): void {
    const { tenantId, body } = decodeControlEntry(data);
    switch (body.kind) {
      case 'pack_published':
      case 'tenant_configured':
        this.tenants.add(tenantId);
        return;
      case 'unlock_granted':
      case 'unlock_revoked':
      case 'event_retracted':
        this.#touch(tenantId, body.userId);
        return;
      case 'team_unlock_granted':
      case 'team_unlock_revoked':
        // The table holds the progress of users.
        return;
    }
  }

  #touch(tenantId: string, userId: string): void {
    const users = this.users.get(tenantId);
    if (users === undefined) this.users.set(tenantId, new Set([userId]));
    else users.add(userId);
  }

  #need(partition: number, sequence: number): void {
    this.needed.set(partition, Math.max(sequence, this.needed.get(partition) ?? 0));
  }
}
