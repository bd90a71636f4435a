import { partitionOf } from '@cairn/contracts';
import {
  type Catalogue,
  changesConsent,
  concernsTeam,
  type EngineEvent,
  emptyState,
  foldMember,
  foldTeam,
  type UnlockEffect,
  type UserState,
} from '@cairn/engine';
import { RECOUNT_TEAMS_MAX } from '../limits.js';

/** A team's history under the definitions that are recounted alone. */
export interface TeamScratch {
  state: UserState;
  unlocks: UnlockEffect[];
}

/** Of all teams, those whose name falls into one of so many slices. */
export interface Slice {
  number: number;
  of: number;
}

/** What folding a tenant's history gives, for a slice of its teams; and for all of its members, whose choices every team depends on. */
export class TeamScratches {
  readonly teams = new Map<string, TeamScratch>();
  /** Those who chose anything. */
  readonly members = new Map<string, UserState>();
  readonly #catalogue: Catalogue;
  readonly #slice: Slice;
  readonly #silent = emptyState();

  constructor(catalogue: Catalogue, slice: Slice) {
    this.#catalogue = catalogue;
    this.#slice = slice;
  }

  /** There are more teams in the slice than may be held in memory. */
  get isOverfull(): boolean {
    return this.teams.size > RECOUNT_TEAMS_MAX;
  }

  concerns({ type, teamId, tenantId }: { type: string; teamId: string | null; tenantId: string }): boolean {
    return changesConsent(type) || (teamId !== null && this.#counts(type, { tenantId, teamId }));
  }

  fold(event: EngineEvent): void {
    if (changesConsent(event.type)) foldMember(this.#catalogue, this.#memberOf(event.userId), event);
    const { teamId } = event;
    if (teamId === null || !this.#counts(event.type, { tenantId: event.tenantId, teamId })) return;
    const scratch = this.#scratchOf(teamId);
    const member = this.members.get(event.userId) ?? this.#silent;
    scratch.unlocks.push(...foldTeam(this.#catalogue, scratch.state, { event, member }).unlocks);
  }

  #counts(type: string, { tenantId, teamId }: { tenantId: string; teamId: string }): boolean {
    return concernsTeam(this.#catalogue, type) && partitionOf(tenantId, teamId, this.#slice.of) === this.#slice.number;
  }

  #memberOf(userId: string): UserState {
    let member = this.members.get(userId);
    if (member === undefined) this.members.set(userId, (member = emptyState()));
    return member;
  }

  #scratchOf(teamId: string): TeamScratch {
    let scratch = this.teams.get(teamId);
    if (scratch === undefined) this.teams.set(teamId, (scratch = { state: emptyState(), unlocks: [] }));
    return scratch;
  }
}
