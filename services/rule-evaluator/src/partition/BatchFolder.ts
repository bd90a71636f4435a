import { type CairnEvent, toWireEvent } from '@cairn/contracts';
import { type Catalogue, decodeState, type EngineEvent, emptyState, fold, holdUnlocks, type UserState } from '@cairn/engine';
import type { EvaluationBatch } from '@cairn/store';
import { IDENTITIES_CACHED_MAX, USERS_CACHED_MAX } from '../limits.js';
import type { ProgressChange } from '../progress/ProgressPublisher.js';
import type { EvaluationStore, IdentityRow } from '../store/EvaluationStore.js';
import { BatchBuilder, type Place } from './BatchBuilder.js';
import type { Entry } from './decodeEntry.js';
import { IdentityCache } from './IdentityCache.js';
import { identityKeysOf, judge, listKeys } from './judge.js';
import { TenantCatalogues, type TenantContext } from './TenantCatalogues.js';
import { type CachedUser, UserCache } from './UserCache.js';

/** A batch that is folded and not yet committed. */
export interface FoldedBatch {
  number: number;
  entries: readonly Entry[];
  batch: EvaluationBatch;
  touched: ReadonlySet<CachedUser>;
  identityKeys: readonly string[];
  progress: readonly ProgressChange[];
  counts: FoldCounts;
}

export interface FoldCounts {
  events: number;
  duplicates: number;
  conflicts: number;
  deadLetters: number;
  unlocks: number;
  evaluationFailures: number;
}

/** What an earlier try taught. */
export interface FoldHints {
  /** Look identities up that are not in memory, instead of hoping that they are new. */
  lookUpIdentities: boolean;
  /** Let the states agree with the unlocks that exist, before they are folded upon. */
  repairUnlocks: boolean;
}

/** The engine could not fold an event: the batch is folded again without it. */
export class PoisonousEvent extends Error {
  readonly code = 'poisonous_event';

  readonly touched: ReadonlySet<CachedUser>;
  readonly identityKeys: readonly string[];

  constructor(
    readonly place: Place,
    undo: Pick<FoldedBatch, 'touched' | 'identityKeys'>,
    options: ErrorOptions,
  ) {
    super(`event ${place.index} of entry ${place.sequence} cannot be folded`, options);
    this.name = 'PoisonousEvent';
    this.touched = undo.touched;
    this.identityKeys = undo.identityKeys;
  }
}

/** Folds entries of one partition upon the cached states of its users. */
export class BatchFolder {
  readonly #store: EvaluationStore;
  readonly #partition: number;
  readonly users = new UserCache(USERS_CACHED_MAX);
  readonly identities = new IdentityCache(IDENTITIES_CACHED_MAX);
  readonly tenants: TenantCatalogues;
  /** Places of events that the engine cannot fold. */
  readonly #poisonous = new Map<string, string>();
  #batches = 0;

  constructor(store: EvaluationStore, partition: number) {
    this.#store = store;
    this.#partition = partition;
    this.tenants = new TenantCatalogues(store);
  }

  /** A user in memory, with the catalogue that holds for them. */
  find(of: { tenantId: string; userId: string }): { catalogue: Catalogue; state: UserState } | undefined {
    const tenant = this.tenants.peek(of.tenantId);
    const user = tenant === undefined ? undefined : this.users.peek(tenant.tenantKey, of.userId);
    return tenant === undefined || user === undefined ? undefined : { catalogue: tenant.catalogue, state: user.state };
  }

  /** Forgets all that is not committed by forgetting all. */
  clear(): void {
    this.users.clear();
    this.identities.clear();
    this.tenants.clear();
  }

  /** Takes back a batch that will not be committed. */
  discard(folded: Pick<FoldedBatch, 'touched' | 'identityKeys'>): void {
    this.users.drop(folded.touched);
    this.identities.delete(folded.identityKeys);
  }

  nextNumber(): number {
    return ++this.#batches;
  }

  markPoisonous(place: Place, why: string): void {
    this.#poisonous.set(placeKey(place), why);
  }

  /** @throws PoisonousEvent; StoreError from the look-ups. */
  async fold(entries: readonly Entry[], fence: { epoch: number; oldSeq: number }, hints: FoldHints): Promise<FoldedBatch> {
    const number = this.nextNumber();
    const perTenant = await this.#gather(entries);
    for (const { tenant, events } of perTenant.values()) {
      await this.loadUsers(tenant, new Set(events.map((event) => event.userId)), { repair: hints.repairUnlocks });
      if (hints.lookUpIdentities) await this.#lookUpIdentities(tenant, events);
    }
    const pass = new FoldPass(this, this.#partition, number);
    for (const entry of entries) pass.addEntry(entry, this.#poisonous);
    return pass.finish(entries, fence);
  }

  async loadUsers(tenant: TenantContext, userIds: ReadonlySet<string>, options: { repair: boolean }): Promise<void> {
    const missing = [...userIds].filter((userId) => this.users.get(tenant.tenantKey, userId) === undefined);
    if (missing.length === 0) return;
    const loaded = await this.#store.loadUsers(tenant.tenantKey, missing);
    const users = loaded.map((row) => ({
      tenantKey: tenant.tenantKey,
      tenantId: tenant.tenantId,
      userKey: row.userKey,
      userId: row.userId,
      state: row.state === null ? emptyState() : decodeState(row.state),
      touchedByBatch: 0,
    }));
    if (options.repair) await this.#repair(tenant.tenantKey, users);
    for (const user of users) this.users.set(user);
  }

  async #repair(tenantKey: number, users: readonly CachedUser[]): Promise<void> {
    const byKey = new Map(users.map((user) => [user.userKey, user]));
    for (const held of await this.#store.heldUnlocks(tenantKey, [...byKey.keys()])) {
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

  async #lookUpIdentities(tenant: TenantContext, events: readonly CairnEvent[]): Promise<void> {
    const { tenantKey } = tenant;
    const rows = await this.#store.findIdentities({
      tenantKey,
      eventIdHashes: events.map((event) => event.identity.eventIdHash),
      keyHashes: events.map((event) => event.identity.keyHash).filter((hash) => hash !== null),
      fingerprints: events.map((event) => event.identity.fingerprint).filter((hash) => hash !== null),
    });
    for (const row of rows) this.#remember(tenantKey, row);
  }

  #remember(tenantKey: number, row: IdentityRow): void {
    const known = { payloadHash: row.payloadHash, sequence: row.sequence, index: row.index };
    for (const key of listKeys(identityKeysOf(tenantKey, row))) this.identities.set(key, known);
  }
}

/** One pass over the entries of a batch: synchronous, once all it needs is in memory. */
class FoldPass {
  readonly #folder: BatchFolder;
  readonly #builder: BatchBuilder;
  readonly #number: number;
  readonly #identityKeys: string[] = [];
  readonly #counts: FoldCounts = { events: 0, duplicates: 0, conflicts: 0, deadLetters: 0, unlocks: 0, evaluationFailures: 0 };

  constructor(folder: BatchFolder, partition: number, number: number) {
    this.#folder = folder;
    this.#builder = new BatchBuilder(partition);
    this.#number = number;
  }

  addEntry(entry: Entry, poisonous: ReadonlyMap<string, string>): void {
    if (entry.kind === 'undecodable') {
      const place = { sequence: entry.sequence, index: 0 };
      this.#deadLetter({ code: 'undecodable_entry', message: entry.message, subject: entry.raw.subject, place, bytes: entry.raw.data });
    }
    if (entry.kind !== 'events') return;
    const tenant = this.#folder.tenants.peek(entry.tenantId);
    if (tenant === undefined) throw new Error(`the catalogue of tenant ${entry.tenantId} was not loaded`);
    for (const [index, event] of entry.events.entries()) {
      const place = { sequence: entry.sequence, index };
      const why = poisonous.get(placeKey(place));
      if (why === undefined) this.#addEvent(tenant, event, { place, subject: entry.raw.subject });
      else this.#refuse(event, { place, subject: entry.raw.subject, code: 'unfoldable_event', message: why });
    }
  }

  finish(entries: readonly Entry[], fence: { epoch: number; oldSeq: number }): FoldedBatch {
    const newSeq = entries.at(-1)?.sequence ?? fence.oldSeq;
    return {
      number: this.#number,
      entries,
      batch: this.#builder.build({ ...fence, newSeq }),
      touched: this.#builder.touched,
      identityKeys: this.#identityKeys,
      progress: this.#builder.progress,
      counts: this.#counts,
    };
  }

  #addEvent(tenant: TenantContext, event: CairnEvent, at: { place: Place; subject: string }): void {
    const keys = identityKeysOf(tenant.tenantKey, event.identity);
    const verdict = judge(event, at.place, { keys, cache: this.#folder.identities });
    if (verdict === 'duplicate') {
      this.#counts.duplicates++;
      return;
    }
    if (verdict === 'conflict') {
      this.#counts.conflicts++;
      const message = 'the same event_id or idempotency_key came before with another payload: send a correction as an event of its own';
      this.#refuse(event, { ...at, code: 'idempotency_conflict', message });
      return;
    }
    const known = { payloadHash: event.identity.payloadHash, sequence: at.place.sequence, index: at.place.index };
    for (const key of listKeys(keys)) {
      this.#folder.identities.set(key, known);
      this.#identityKeys.push(key);
    }
    this.#fold(tenant, event, at.place);
  }

  #fold(tenant: TenantContext, event: CairnEvent, place: Place): void {
    const user = this.#folder.users.peek(tenant.tenantKey, event.userId);
    if (user === undefined) throw new Error('the user of an event was not loaded');
    user.touchedByBatch = this.#number;
    this.#builder.touch(user);
    let effects: ReturnType<typeof fold>;
    try {
      effects = fold(tenant.catalogue, user.state, toEngineEvent(event, place));
    } catch (cause) {
      throw new PoisonousEvent(place, { touched: this.#builder.touched, identityKeys: this.#identityKeys }, { cause });
    }
    this.#builder.addEvent(user, event, { place, matched: effects.matched });
    this.#builder.addEffects(user, effects, place);
    this.#counts.events++;
    this.#counts.unlocks += effects.unlocks.length;
    this.#counts.evaluationFailures += effects.evaluationFailures;
  }

  #refuse(
    event: CairnEvent,
    letter: { place: Place; subject: string; code: 'idempotency_conflict' | 'unfoldable_event'; message: string },
  ): void {
    this.#deadLetter({ ...letter, bytes: Buffer.from(JSON.stringify(toWireEvent(event))) });
  }

  #deadLetter(letter: Parameters<BatchBuilder['addDeadLetter']>[0]): void {
    this.#counts.deadLetters++;
    this.#builder.addDeadLetter(letter);
  }
}

export function toEngineEvent(event: CairnEvent, place: Place): EngineEvent {
  return {
    eventId: event.eventId,
    type: event.type,
    tenantId: event.tenantId,
    userId: event.userId,
    teamId: event.teamId,
    source: event.source,
    occurredAt: event.occurredAt,
    receivedAt: event.receivedAt,
    clockSkewed: event.clockSkewed,
    schemaVersion: event.schemaVersion,
    propertiesJson: event.propertiesJson,
    sequence: place.sequence,
    index: place.index,
  };
}

function placeKey(place: Place): string {
  return `${place.sequence}:${place.index}`;
}
