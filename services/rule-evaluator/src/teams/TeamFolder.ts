import type { CairnEvent } from '@cairn/contracts';
import { changesConsent, concernsTeam, holdUnlocks, type StateFormatError } from '@cairn/engine';
import { MEMBERS_HEAP_BYTES_MAX, TEAMS_HEAP_BYTES_MAX, TEAMS_LOOKUP_EVENTS } from '../limits.js';
import type { Place } from '../partition/BatchBuilder.js';
import type { FoldHints } from '../partition/BatchFolder.js';
import type { PipelineFolder } from '../partition/BatchPipeline.js';
import { cachedUserOf } from '../partition/cachedUserOf.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch, FoldTraces } from '../partition/FoldedBatch.js';
import { PoisonList } from '../partition/PoisonList.js';
import { TenantCatalogues, type TenantContext } from '../partition/TenantCatalogues.js';
import { type CachedUser, UserCache } from '../partition/UserCache.js';
import { MemberCache } from './MemberCache.js';
import { placesOfOriginals } from './placesOfOriginals.js';
import { TeamPass } from './TeamPass.js';
import type { TeamStore } from './TeamStore.js';

export interface TeamFolderPorts {
  store: TeamStore;
  /** A stored state is broken: its owner stands still until it is put right. */
  unreadable(owner: CachedUser, error: StateFormatError): void;
}

/** Folds entries of all partitions upon the cached states of the teams. Every entry has been evaluated by its partition before. */
export class TeamFolder implements PipelineFolder {
  readonly #ports: TeamFolderPorts;
  readonly teams = new UserCache({ heapBytesMax: TEAMS_HEAP_BYTES_MAX, matchesMax: 0 });
  readonly members: MemberCache;
  readonly tenants: TenantCatalogues;
  readonly #poison = new PoisonList();
  #followed: ReadonlySet<string> = new Set();
  #batches = 0;

  constructor(ports: TeamFolderPorts) {
    this.#ports = ports;
    this.tenants = new TenantCatalogues(ports.store);
    this.members = new MemberCache({ ...ports, heapBytesMax: MEMBERS_HEAP_BYTES_MAX });
  }

  /** The tenants whose events are folded; those of others are passed over. */
  follow(tenantIds: readonly string[]): void {
    this.#followed = new Set(tenantIds);
  }

  isFollowed(tenantId: string): boolean {
    return this.#followed.has(tenantId);
  }

  /** Forgets all that is not committed by forgetting all. */
  clear(): void {
    this.teams.clear();
    this.members.clear();
    this.tenants.clear();
  }

  /** Takes back a fold that will not be committed. */
  discard({ touched }: FoldTraces): void {
    this.teams.drop([...touched].filter(({ kind }) => kind === 'team'));
    this.members.drop([...touched].filter(({ kind }) => kind === 'member'));
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
    this.teams.trim(folded.number);
    this.members.trim(folded.number);
    this.#poison.forgetUpTo(folded.batch.newSeq);
  }

  /** @throws PoisonousEvent; StoreError from the look-ups. */
  async fold(entries: readonly Entry[], fence: { epoch: number; oldSeq: number }, hints: FoldHints): Promise<FoldedBatch> {
    const number = this.nextNumber();
    this.tenants.trim();
    const originals = new Set<string>();
    for (const { tenant, events } of (await this.#gather(entries)).values()) {
      for (let start = 0; start < events.length; start += TEAMS_LOOKUP_EVENTS) {
        const chunk = events.slice(start, start + TEAMS_LOOKUP_EVENTS);
        // The partitions are ahead: what they have retracted behind this place counts here as it did there.
        const of = { store: this.#ports.store, tenantKey: tenant.tenantKey, retractedBefore: 0 };
        for (const place of await placesOfOriginals(of, chunk)) originals.add(place);
      }
      const teamIds = new Set<string>();
      for (const { event } of events) {
        if (event.teamId !== null && concernsTeam(tenant.catalogue, event.type)) teamIds.add(event.teamId);
      }
      await this.loadTeams(tenant, teamIds, { repair: hints.repairUnlocks, number });
      await this.members.load(
        tenant,
        events.map(({ event }) => event),
        number,
      );
    }
    const memory = { teams: this.teams, members: this.members, tenants: this.tenants, poison: this.#poison, originals };
    return new TeamPass(memory, number).run(entries, fence);
  }

  /** Brings teams into memory, to stay there at least until the batch of that number is committed. */
  async loadTeams(tenant: TenantContext, teamIds: ReadonlySet<string>, options: { repair: boolean; number: number }): Promise<void> {
    const { store, unreadable } = this.#ports;
    const missing: string[] = [];
    for (const teamId of teamIds) {
      const team = this.teams.get(tenant.tenantKey, teamId);
      if (team === undefined) missing.push(teamId);
      else team.neededByBatch = options.number;
    }
    if (missing.length === 0) return;
    const rows = await store.loadUsers(tenant.tenantKey, missing, 'team');
    const teams = rows.map((row) => cachedUserOf(row, { tenant, kind: 'team', number: options.number, unreadable }));
    if (options.repair) await this.#repair(tenant.tenantKey, teams);
    for (const team of teams) this.teams.set(team);
  }

  async #repair(tenantKey: number, teams: readonly CachedUser[]): Promise<void> {
    const byKey = new Map(teams.filter((team) => team.unreadable === null).map((team) => [team.userKey, team]));
    for (const held of await this.#ports.store.heldUnlocks(tenantKey, [...byKey.keys()])) {
      const team = byKey.get(held.userKey);
      if (team !== undefined) holdUnlocks(team.state, held.unlocks, held.xpTotal);
    }
  }

  /** By tenant, the events that can concern a team: the others need no look-up. */
  async #gather(entries: readonly Entry[]): Promise<Map<string, { tenant: TenantContext; events: { event: CairnEvent; place: Place }[] }>> {
    const perTenant = new Map<string, { tenant: TenantContext; events: { event: CairnEvent; place: Place }[] }>();
    for (const entry of entries) {
      if (entry.kind !== 'events' || !this.#followed.has(entry.tenantId)) continue;
      let group = perTenant.get(entry.tenantId);
      if (group === undefined) {
        group = { tenant: await this.tenants.get(entry.tenantId, entry.sequence), events: [] };
        perTenant.set(entry.tenantId, group);
      }
      for (const [i, event] of entry.events.entries()) {
        const isConcerned = changesConsent(event.type) || (event.teamId !== null && concernsTeam(group.tenant.catalogue, event.type));
        if (isConcerned) group.events.push({ event, place: { sequence: entry.sequence, index: entry.firstIndex + i } });
      }
    }
    return perTenant;
  }
}
