import { decodeControlEntry, decodeEventBatch, decodeTick, isControlSubject, TICK_SUBJECT } from '@cairn/contracts';

/** Whose progress some entries of the log may have changed, and how far the evaluation must be before it can be read. */
export class TouchedUsers {
  /** By tenant and user, the types of the events that may have; null for a change of another kind, which may be to anything. */
  readonly users = new Map<string, Map<string, Set<string> | null>>();
  /** That were gathered. */
  events = 0;
  /** Tenants of which everybody is touched. */
  readonly tenants = new Set<string>();
  /** The newest tick: what lapsed with it is touched; null for none. */
  tick: number | null = null;
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
      if (entry.subject === TICK_SUBJECT) this.tick = Math.max(this.tick ?? 0, decodeTick(entry.data));
      else this.#addControl(entry.data);
      return;
    }
    this.#need(Number(entry.subject.split('.')[1]), entry.seq);
    const { tenantId, events } = decodeEventBatch(entry.data);
    this.events += events.length;
    for (const { userId, type } of events) this.#note(tenantId, { userId, type });
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
      case 'users_merged':
        this.#touch(tenantId, body.from);
        this.#touch(tenantId, body.into);
        return;
      case 'user_erased':
        // Their progress went with the entry.
        return;
      case 'tenant_merged':
        // What each did comes again, for the other tenant.
        return;
      case 'team_unlock_granted':
      case 'team_unlock_revoked':
        // The table holds the progress of users.
        return;
    }
  }

  #touch(tenantId: string, userId: string): void {
    this.#usersOf(tenantId).set(userId, null);
  }

  #note(tenantId: string, { userId, type }: { userId: string; type: string }): void {
    const users = this.#usersOf(tenantId);
    const types = users.get(userId);
    if (types === undefined) users.set(userId, new Set([type]));
    else types?.add(type);
  }

  #usersOf(tenantId: string): Map<string, Set<string> | null> {
    let users = this.users.get(tenantId);
    if (users === undefined) {
      users = new Map();
      this.users.set(tenantId, users);
    }
    return users;
  }

  #need(partition: number, sequence: number): void {
    this.needed.set(partition, Math.max(sequence, this.needed.get(partition) ?? 0));
  }
}
