import type { CairnEvent } from '@cairn/contracts';
import { type Catalogue, holdUnlocks, type StateFormatError, type UserState } from '@cairn/engine';
import { IDENTITIES_CACHED_MAX, IDENTITIES_SUSPECT_MAX, MATCHES_REMEMBERED_MAX, USERS_HEAP_BYTES_MAX } from '../limits.js';
import { RecountBoard } from '../recount/RecountBoard.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import type { Place } from './BatchBuilder.js';
import { cachedUserOf } from './cachedUserOf.js';
import type { Entry } from './decodeEntry.js';
import type { FoldedBatch, FoldTraces } from './FoldedBatch.js';
import { FoldPass } from './FoldPass.js';
import { IdentityCache } from './IdentityCache.js';
import { PoisonList } from './PoisonList.js';
import { TenantCatalogues, type TenantContext } from './TenantCatalogues.js';
import { type CachedUser, UserCache } from './UserCache.js';

/** What an earlier try taught. */
export interface FoldHints {
  /** Look all identities up that are not in memory, instead of those alone that are known to have come before. */
  lookUpIdentities: boolean;
  /** Let the states agree with the unlocks that exist, before they are folded upon. */
  repairUnlocks: boolean;
}

export interface FolderPorts {
  store: EvaluationStore;
  partition: number;
  /** Of the install. */
  partitions: number;
  /** A stored state is broken: its user stands still until it is put right. */
  unreadable(user: CachedUser, error: StateFormatError): void;
}

/** Folds entries of one partition upon the cached states of its users. */
export class BatchFolder {
  readonly #ports: FolderPorts;
  readonly users = new UserCache({ heapBytesMax: USERS_HEAP_BYTES_MAX, matchesMax: MATCHES_REMEMBERED_MAX });
  readonly tenants: TenantCatalogues;
  /** What is pending, and for whom. */
  readonly board = new RecountBoard();
  readonly #identities = new IdentityCache({ entriesMax: IDENTITIES_CACHED_MAX, suspectsMax: IDENTITIES_SUSPECT_MAX });
  readonly #poison = new PoisonList();
  #batches = 0;

  constructor(ports: FolderPorts) {
    this.#ports = ports;
    this.tenants = new TenantCatalogues(ports.store);
  }

  /** A user in memory, with the catalogue that holds for them. */
  find(of: { tenantId: string; userId: string }): { catalogue: Catalogue; state: UserState } | undefined {
    const tenant = this.tenants.peek(of.tenantId);
    const user = tenant === undefined ? undefined : this.users.peek(tenant.tenantKey, of.userId);
    if (tenant === undefined || user === undefined || user.unreadable !== null) return undefined;
    return { catalogue: this.board.catalogueFor(tenant, user.userId), state: user.state };
  }

  /** Forgets all that is not committed by forgetting all. */
  clear(): void {
    this.users.clear();
    this.#identities.clear();
    this.tenants.clear();
  }

  /** Takes back a fold that will not be committed. */
  discard(traces: FoldTraces): void {
    this.users.drop(traces.touched);
    this.#identities.delete(traces.identities);
  }

  /** Users whose states were changed and are not committed, with nothing under way: they are loaded again when they are needed. */
  forget(tenant: TenantContext, userIds: readonly string[]): void {
    this.users.drop(userIds.map((userId) => this.users.peek(tenant.tenantKey, userId)).filter((user) => user !== undefined));
  }

  nextNumber(): number {
    return ++this.#batches;
  }

  /** The event will go to the dead letters, the next time that it is come upon. */
  markPoisonous(place: Place, why: string): void {
    this.#poison.add(place, why);
  }

  /** Lets go of what was kept for the batch. */
  committed(folded: FoldedBatch): void {
    this.users.trim(folded.number);
    this.#poison.forgetUpTo(folded.batch.newSeq);
  }

  /** @throws PoisonousEvent; StoreError from the look-ups. */
  async fold(entries: readonly Entry[], fence: { epoch: number; oldSeq: number }, hints: FoldHints): Promise<FoldedBatch> {
    const number = this.nextNumber();
    this.tenants.trim();
    this.#identities.age();
    const perTenant = await this.#gather(entries);
    let surprises = 0;
    for (const { tenant, events } of perTenant.values()) {
      // All of them go on to another tenant, where it is found out what they are.
      if (tenant.mergedInto !== null) continue;
      surprises += await this.#lookUp(tenant, events, { ...hints, number });
    }
    const { partition, partitions } = this.#ports;
    const memory = {
      partition,
      partitions,
      users: this.users,
      identities: this.#identities,
      tenants: this.tenants,
      poison: this.#poison,
      board: this.board,
    };
    return new FoldPass(memory, { number, surprises }).run(entries, fence);
  }

  /** Brings into memory what the events need. Answers how many identities turned up that nothing there told of. */
  async #lookUp(tenant: TenantContext, events: readonly CairnEvent[], hints: FoldHints & { number: number }): Promise<number> {
    const userIds = new Set(events.map((event) => event.userId));
    // Erased events are nobody's.
    userIds.delete('');
    const [users, identities] = await Promise.allSettled([
      this.loadUsers(tenant, userIds, { repair: hints.repairUnlocks, number: hints.number }),
      this.#lookUpIdentities(tenant, hints.lookUpIdentities ? events : this.#suspectsOf(tenant, events)),
    ]);
    // Both have ended by here: what came late would be put into a memory that was cleared.
    if (users.status === 'rejected') throw users.reason;
    if (identities.status === 'rejected') throw identities.reason;
    return identities.value;
  }

  /** Brings users into memory, to stay there at least until the batch of that number is committed. */
  async loadUsers(tenant: TenantContext, userIds: ReadonlySet<string>, options: { repair: boolean; number: number }): Promise<void> {
    const missing: string[] = [];
    for (const userId of userIds) {
      const user = this.users.get(tenant.tenantKey, userId);
      if (user === undefined) missing.push(userId);
      else user.neededByBatch = options.number;
    }
    if (missing.length === 0) return;
    const rows = await this.#ports.store.loadUsers(tenant.tenantKey, missing);
    const users = rows.map((row) =>
      cachedUserOf(row, { tenant, kind: 'user', number: options.number, unreadable: this.#ports.unreadable }),
    );
    if (options.repair) await this.#repair(tenant.tenantKey, users);
    for (const user of users) this.users.set(user);
  }

  async #repair(tenantKey: number, users: readonly CachedUser[]): Promise<void> {
    const byKey = new Map(users.filter((user) => user.unreadable === null).map((user) => [user.userKey, user]));
    for (const held of await this.#ports.store.heldUnlocks(tenantKey, [...byKey.keys()])) {
      const user = byKey.get(held.userKey);
      if (user !== undefined) holdUnlocks(user.state, held.unlocks, held.xpTotal);
    }
  }

  async #gather(entries: readonly Entry[]): Promise<Map<string, { tenant: TenantContext; events: CairnEvent[] }>> {
    const perTenant = new Map<string, { tenant: TenantContext; events: CairnEvent[] }>();
    for (const entry of entries) {
      if (entry.kind !== 'events') continue;
      let group = perTenant.get(entry.tenantId);
      if (group === undefined) {
        group = { tenant: await this.tenants.get(entry.tenantId, entry.sequence), events: [] };
        perTenant.set(entry.tenantId, group);
      }
      for (const event of entry.events) group.events.push(event);
    }
    return perTenant;
  }

  #suspectsOf({ tenantKey }: TenantContext, events: readonly CairnEvent[]): readonly CairnEvent[] {
    return events.filter(({ identity }) => this.#identities.isSuspect(tenantKey, identity));
  }

  async #lookUpIdentities({ tenantKey }: TenantContext, events: readonly CairnEvent[]): Promise<number> {
    if (events.length === 0) return 0;
    const rows = await this.#ports.store.findIdentities({
      tenantKey,
      eventIdHashes: events.map((event) => event.identity.eventIdHash),
      keyHashes: events.map((event) => event.identity.keyHash).filter((hash) => hash !== null),
      fingerprints: events.map((event) => event.identity.fingerprint).filter((hash) => hash !== null),
    });
    const surprises = rows.filter((row) => this.#identities.judge(tenantKey, row) === 'new' && !this.#identities.isSuspect(tenantKey, row));
    for (const row of rows) this.#identities.add(tenantKey, row);
    return surprises.length;
  }
}
