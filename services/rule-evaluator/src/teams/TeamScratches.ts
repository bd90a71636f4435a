import { partitionOf } from '@cairn/contracts';
import {
  type Catalogue,
  changesConsent,
  concernsTeam,
  type EngineEvent,
  emptyState,
  foldTeam,
  MemberChoices,
  type UnlockEffect,
  type UserState,
} from '@cairn/engine';
import type { Merge } from '../aliases/UserAliases.js';
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
  readonly choices = new MemberChoices();
  readonly #catalogue: Catalogue;
  readonly #slice: Slice;

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
    this.choices.fold(this.#catalogue, event);
    const { teamId } = event;
    if (teamId === null || !this.#counts(event.type, { tenantId: event.tenantId, teamId })) return;
    const scratch = this.#scratchOf(teamId);
    scratch.unlocks.push(...foldTeam(this.#catalogue, scratch.state, { event, member: this.choices.of(event.userId) }).unlocks);
  }

  /** What either chose is what the one chose who goes on. */
  mergeMembers(merge: Merge): void {
    this.choices.merge(merge);
  }

  #counts(type: string, { tenantId, teamId }: { tenantId: string; teamId: string }): boolean {
    return concernsTeam(this.#catalogue, type) && partitionOf(tenantId, teamId, this.#slice.of) === this.#slice.number;
  }

  #scratchOf(teamId: string): TeamScratch {
    let scratch = this.teams.get(teamId);
    if (scratch === undefined) this.teams.set(teamId, (scratch = { state: emptyState(), unlocks: [] }));
    return scratch;
  }
}
