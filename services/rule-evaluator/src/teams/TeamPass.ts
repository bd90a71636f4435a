import type { CairnEvent } from '@cairn/contracts';
import { changesConsent, concernsTeam, foldMember, foldTeam } from '@cairn/engine';
import { TEAMS_PARTITION } from '@cairn/store';
import { BATCH_EFFECTS_MAX } from '../limits.js';
import { BatchBuilder, type Place } from '../partition/BatchBuilder.js';
import { cutEntry, type Entry } from '../partition/decodeEntry.js';
import { type FoldedBatch, noCounts } from '../partition/FoldedBatch.js';
import type { PoisonList } from '../partition/PoisonList.js';
import { PoisonousEvent } from '../partition/PoisonousEvent.js';
import type { TenantCatalogues, TenantContext } from '../partition/TenantCatalogues.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import type { CachedUser, UserCache } from '../partition/UserCache.js';
import type { MemberCache } from './MemberCache.js';
import { placeKey } from './placesOfOriginals.js';

/** What a pass reads and changes. */
export interface TeamMemory {
  teams: UserCache;
  members: MemberCache;
  tenants: TenantCatalogues;
  poison: PoisonList;
  /** Places of the events that count: all others are passed over. */
  originals: ReadonlySet<string>;
}

/** One pass over the entries of a batch: synchronous, once all it needs is in memory. It writes no events: their partitions did. */
export class TeamPass {
  readonly #memory: TeamMemory;
  readonly #builder = new BatchBuilder(TEAMS_PARTITION);
  readonly #number: number;
  readonly #counts = noCounts();

  constructor(memory: TeamMemory, number: number) {
    this.#memory = memory;
    this.#number = number;
  }

  /** @throws PoisonousEvent */
  run(entries: readonly Entry[], fence: { epoch: number; oldSeq: number }): FoldedBatch {
    for (const [i, entry] of entries.entries()) {
      if (entry.kind === 'newer') throw entry.error;
      const cutAt = entry.kind === 'events' ? this.#addEntry(entry) : null;
      if (entry.kind !== 'events' || cutAt === null) continue;
      const { head, rest } = cutEntry(entry, cutAt);
      const covered = cutAt === 0 ? entries.slice(0, i) : [...entries.slice(0, i), head];
      return this.#finish({ entries: covered, rest: [rest, ...entries.slice(i + 1)], fence });
    }
    return this.#finish({ entries, rest: [], fence });
  }

  /** Answers null, or before which of its events the batch was full. */
  #addEntry(entry: Entry & { kind: 'events' }): number | null {
    for (const [i, event] of entry.events.entries()) {
      if (this.#builder.effects >= BATCH_EFFECTS_MAX) return i;
      const place = { sequence: entry.sequence, index: entry.firstIndex + i };
      if (this.#memory.originals.has(placeKey(place))) this.#addEvent(entry, event, place);
    }
    return null;
  }

  #finish(of: { entries: readonly Entry[]; rest: readonly Entry[]; fence: { epoch: number; oldSeq: number } }): FoldedBatch {
    const { entries, rest, fence } = of;
    const last = entries.findLast((entry) => entry.kind !== 'events' || entry.isEnd);
    return {
      number: this.#number,
      entries,
      rest,
      batch: this.#builder.build({ ...fence, newSeq: last?.sequence ?? fence.oldSeq }),
      touched: this.#builder.touched,
      identities: [],
      progress: this.#builder.progress,
      counts: this.#counts,
    };
  }

  #addEvent(entry: Entry & { kind: 'events' }, event: CairnEvent, place: Place): void {
    const tenant = this.#memory.tenants.peek(entry.tenantId);
    if (tenant === undefined) throw new Error(`the catalogue of tenant ${entry.tenantId} was not loaded`);
    const reason = this.#memory.poison.reasonOf(place) ?? this.#unreadable(tenant, event);
    if (reason !== null) return this.#refuse(entry, { event, index: place.index }, reason);
    try {
      this.#fold(tenant, event, place);
    } catch (cause) {
      throw new PoisonousEvent(place, { touched: this.#builder.touched, identities: [] }, { cause });
    }
  }

  #fold(tenant: TenantContext, event: CairnEvent, place: Place): void {
    const engineEvent = toEngineEvent(event, place);
    const member = this.#memory.members.peek(tenant.tenantKey, event.userId);
    if (member === undefined) throw new Error('the member of a team was not loaded');
    if (changesConsent(event.type)) {
      this.#builder.touch(member);
      foldMember(tenant.catalogue, member.state, engineEvent);
    }
    const team = this.#teamOf(tenant, event);
    if (team === null) return;
    this.#builder.touch(team);
    const effects = foldTeam(tenant.catalogue, team.state, { event: engineEvent, member: member.state });
    this.#builder.addEffects(team, effects, place);
    this.#counts.unlocks += effects.unlocks.length;
    this.#counts.evaluationFailures += effects.evaluationFailures;
  }

  #teamOf({ tenantKey, catalogue }: TenantContext, event: CairnEvent): CachedUser | null {
    if (event.teamId === null || !concernsTeam(catalogue, event.type)) return null;
    const team = this.#memory.teams.peek(tenantKey, event.teamId);
    if (team === undefined) throw new Error('the team of an event was not loaded');
    return team;
  }

  /** Why the states that the event would be folded upon cannot be; null where they can. */
  #unreadable(tenant: TenantContext, event: CairnEvent): string | null {
    const member = this.#memory.members.peek(tenant.tenantKey, event.userId);
    return member?.unreadable ?? this.#teamOf(tenant, event)?.unreadable ?? null;
  }

  /** It counted for its user, and its team goes without it until the letter is seen to. */
  #refuse({ raw }: Entry, event: { event: CairnEvent; index: number }, message: string): void {
    this.#counts.deadLetters++;
    this.#builder.addDeadLetter({ code: 'unfoldable_event', message, raw, event });
  }
}
