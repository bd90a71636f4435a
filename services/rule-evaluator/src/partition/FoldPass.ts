import { type CairnEvent, eventOfMergedTenant, isControlSubject, isErasedEvent, keepsIdentity, partitionOf } from '@cairn/contracts';
import { type Effects, fold } from '@cairn/engine';
import { BATCH_EFFECTS_MAX } from '../limits.js';
import type { RawEntry } from '../log/EvaluationLog.js';
import type { RecountBoard } from '../recount/RecountBoard.js';
import { recheckUser } from '../recount/recheckUser.js';
import { BatchBuilder, type Place } from './BatchBuilder.js';
import { cutEntry, type Entry } from './decodeEntry.js';
import { type FoldedBatch, noCounts } from './FoldedBatch.js';
import type { IdentityCache, PlacedIdentity } from './IdentityCache.js';
import type { PoisonList } from './PoisonList.js';
import { PoisonousEvent } from './PoisonousEvent.js';
import type { TenantCatalogues, TenantContext } from './TenantCatalogues.js';
import { toEngineEvent } from './toEngineEvent.js';
import type { CachedUser, UserCache } from './UserCache.js';

/** What a pass reads and changes. */
export interface FoldMemory {
  partition: number;
  /** Of the install. */
  partitions: number;
  users: UserCache;
  identities: IdentityCache;
  tenants: TenantCatalogues;
  poison: PoisonList;
  board: RecountBoard;
}

const CONFLICT = 'the same event_id or idempotency_key came before with another payload: send a correction as an event of its own';

/** One pass over the entries of a batch: synchronous, once all it needs is in memory. */
export class FoldPass {
  readonly #memory: FoldMemory;
  readonly #builder: BatchBuilder;
  readonly #number: number;
  readonly #identities: PlacedIdentity[] = [];
  readonly #counts = noCounts();

  constructor(memory: FoldMemory, of: { number: number; surprises: number }) {
    this.#memory = memory;
    this.#builder = new BatchBuilder(memory.partition);
    this.#number = of.number;
    this.#counts.surprises = of.surprises;
  }

  /** @throws PoisonousEvent */
  run(entries: readonly Entry[], fence: { epoch: number; oldSeq: number }): FoldedBatch {
    for (const [i, entry] of entries.entries()) {
      const left = this.#addEntry(entry);
      if (left === null) continue;
      const later = entries.slice(i + 1);
      const covered = entries.slice(0, i);
      return left.head === null
        ? this.#finish({ entries: covered, rest: [left.rest, ...later], fence })
        : this.#finish({ entries: [...covered, left.head], rest: [left.rest, ...later], fence });
    }
    return this.#finish({ entries, rest: [], fence });
  }

  /** Answers null, or where the entry was cut because the batch is full. */
  #addEntry(entry: Entry): { head: Entry | null; rest: Entry } | null {
    if (entry.kind === 'undecodable') this.#refuseEntry(entry);
    if (entry.kind === 'newer') throw entry.error;
    if (entry.kind !== 'events') return null;
    const tenant = this.#memory.tenants.peek(entry.tenantId);
    if (tenant === undefined) throw new Error(`the catalogue of tenant ${entry.tenantId} was not loaded`);
    const { events, sequence, firstIndex, raw } = entry;
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      if (event === undefined) continue;
      if (this.#builder.effects >= BATCH_EFFECTS_MAX) return i === 0 ? { head: null, rest: entry } : cutEntry(entry, i);
      this.#addEvent(tenant, event, { place: { sequence, index: firstIndex + i }, raw });
    }
    return null;
  }

  #finish(of: { entries: readonly Entry[]; rest: readonly Entry[]; fence: { epoch: number; oldSeq: number } }): FoldedBatch {
    const { entries, rest, fence } = of;
    const last = entries.findLast((entry) => entry.kind !== 'events' || entry.isEnd);
    const { touched } = this.#builder;
    const batch = this.#builder.build({ ...fence, newSeq: last?.sequence ?? fence.oldSeq });
    let i = 0;
    for (const user of touched) {
      const row = batch.userStates[i++];
      if (row !== undefined) this.#memory.users.noteState(user, row.state);
    }
    return {
      number: this.#number,
      entries,
      rest,
      batch,
      touched,
      identities: this.#identities,
      progress: this.#builder.progress,
      counts: this.#counts,
    };
  }

  #addEvent(tenant: TenantContext, event: CairnEvent, at: { place: Place; raw: RawEntry }): void {
    if (isErasedEvent(event)) return this.#addErased(tenant, event, at.place);
    const userId = tenant.aliases.userOf(event.userId);
    if (tenant.mergedInto !== null) return this.#forward(eventOfMergedTenant(event, { tenantId: tenant.mergedInto, userId }), at.place);
    if (userId !== event.userId) return this.#forward({ ...event, userId }, at.place);
    const poison = this.#memory.poison.reasonOf(at.place);
    if (poison !== undefined) return this.#refuse(event, { ...at, code: 'unfoldable_event', message: poison });
    const verdict = this.#memory.identities.judge(tenant.tenantKey, event.identity);
    if (verdict === 'duplicate') {
      this.#counts.duplicates++;
      return;
    }
    if (verdict === 'conflict') {
      this.#counts.conflicts++;
      return this.#refuse(event, { ...at, code: 'idempotency_conflict', message: CONFLICT });
    }
    this.#addNew(tenant, event, at);
  }

  /** Whether it is a repetition is found out where it counts. */
  #forward(event: CairnEvent, place: Place): void {
    this.#builder.addForward(event, { place, partition: partitionOf(event.tenantId, event.userId, this.#memory.partitions) });
  }

  #addNew(tenant: TenantContext, event: CairnEvent, at: { place: Place; raw: RawEntry }): void {
    const { place } = at;
    const user = this.#memory.users.peek(tenant.tenantKey, event.userId);
    if (user === undefined) throw new Error('the user of an event was not loaded');
    if (user.unreadable !== null) return this.#refuse(event, { ...at, code: 'unfoldable_event', message: user.unreadable });
    this.#memory.identities.add(tenant.tenantKey, event.identity);
    this.#identities.push({ tenantKey: tenant.tenantKey, identity: event.identity });
    this.#builder.touch(user);
    let effects: Effects;
    try {
      this.#recheck(tenant, user);
      effects = fold(this.#memory.board.catalogueFor(tenant, user.userId), user.state, toEngineEvent(event, place));
    } catch (cause) {
      throw new PoisonousEvent(place, { touched: this.#builder.touched, identities: this.#identities }, { cause });
    }
    this.#builder.addEvent(user, event, { place, matched: effects.matched });
    this.#memory.users.noteEvent(user, event, effects.matched);
    this.#builder.addEffects(user, effects, { sequence: place.sequence, index: place.index, matches: user.matches });
    this.#counts.events++;
    this.#counts.unlocks += effects.unlocks.length;
    this.#counts.evaluationFailures += effects.evaluationFailures;
  }

  /** One that had not been taken, or whose repetition came first, leaves nothing. */
  #addErased({ tenantKey }: TenantContext, event: CairnEvent, place: Place): void {
    if (!keepsIdentity(event) || this.#memory.identities.judge(tenantKey, event.identity) !== 'new') return;
    this.#memory.identities.add(tenantKey, event.identity);
    this.#identities.push({ tenantKey, identity: event.identity });
    this.#builder.addErasedEvent(tenantKey, event, place);
  }

  /** What was met when a version went on, or a setting changed, unlocks before the next event counts. */
  #recheck(tenant: TenantContext, user: CachedUser): void {
    for (const pending of this.#memory.board.rechecksFor(tenant.tenantKey, user.userKey))
      this.#counts.unlocks += recheckUser(user, pending, { board: this.#memory.board, builder: this.#builder });
  }

  #refuse(
    event: CairnEvent,
    { place, ...letter }: { place: Place; raw: RawEntry; code: 'idempotency_conflict' | 'unfoldable_event'; message: string },
  ): void {
    this.#counts.deadLetters++;
    this.#builder.addDeadLetter({ ...letter, event: { event, index: place.index } });
  }

  /** Every partition sees a control entry; one of them keeps what cannot be read. */
  #refuseEntry(entry: Entry & { kind: 'undecodable' }): void {
    const { raw, message } = entry;
    if (isControlSubject(raw.subject) && this.#memory.partition !== 0) return;
    this.#counts.deadLetters++;
    this.#builder.addDeadLetter({ code: 'undecodable_entry', message, raw, event: null });
  }
}
