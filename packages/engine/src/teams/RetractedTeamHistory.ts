import { changesConsent, changesPlan } from '../builtInEvents.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { UnlockEffect } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { slugsConcernedBy } from '../retract/RetractedHistory.js';
import { type CountedVersions, VersionPhases } from '../retract/VersionPhases.js';
import { emptyState, type UserState } from '../state/userState.js';
import { concernsTeam, foldTeam } from './foldTeam.js';
import { MemberChoices } from './MemberChoices.js';

/** One team's history with an event and without it. */
export interface RetractedTeam {
  with: UserState;
  without: UserState;
  /** What the history without the event unlocks, in log order. */
  unlocks: UnlockEffect[];
}

/** Achievements of teams that an event of a type may have counted for: all, where it changes how somebody is counted. */
export function teamSlugsConcernedBy(catalogue: Catalogue, type: string): string[] {
  const rules = catalogue.ofTeams;
  if (changesConsent(type) || changesPlan(type)) return slugsConcernedBy(rules, type);
  return rules.index.candidatesOf(type).rules.map(({ rule }) => rule.slug);
}

/**
 * The history of some teams with an event and without it, each folded by the versions that counted it then and under what its
 * members had chosen then: a choice that is retracted was never made.
 */
export class RetractedTeamHistory {
  readonly teams = new Map<string, RetractedTeam>();
  /** Without the event. */
  readonly choices = new MemberChoices();
  readonly #choicesWith = new MemberChoices();
  readonly #rules: Catalogue;
  readonly #phases: VersionPhases;
  readonly #teamIds: ReadonlySet<string>;

  /** @param of.teamIds whose history it is */
  constructor(catalogue: Catalogue, of: { versions: readonly CountedVersions[]; teamIds: ReadonlySet<string> }) {
    this.#rules = catalogue.ofTeams;
    this.#phases = new VersionPhases(this.#rules, of.versions);
    this.#teamIds = of.teamIds;
  }

  /** Whether an event has to be folded; of the others it need not be known whether they counted. */
  concerns({ type, teamId }: { type: string; teamId: string | null }): boolean {
    return changesConsent(type) || (teamId !== null && this.#teamIds.has(teamId) && concernsTeam(this.#rules, type));
  }

  /** Calls come in the order of the log, without duplicates and without what was retracted before. */
  fold(event: EngineEvent, of: { isRetracted: boolean }): void {
    const catalogue = this.#phases.at(event.sequence);
    this.#choicesWith.fold(catalogue, event);
    if (!of.isRetracted) this.choices.fold(catalogue, event);
    const { teamId, userId } = event;
    if (teamId === null || !this.#teamIds.has(teamId) || !concernsTeam(this.#rules, event.type)) return;
    const team = this.#teamOf(teamId);
    foldTeam(catalogue, team.with, { event, member: this.#choicesWith.of(userId) });
    if (!of.isRetracted) team.unlocks.push(...foldTeam(catalogue, team.without, { event, member: this.choices.of(userId) }).unlocks);
  }

  /** Two users are one from here on. */
  mergeMembers(merge: { from: string; into: string }): void {
    this.choices.merge(merge);
    this.#choicesWith.merge(merge);
  }

  #teamOf(teamId: string): RetractedTeam {
    let team = this.teams.get(teamId);
    if (team === undefined) this.teams.set(teamId, (team = { with: emptyState(), without: emptyState(), unlocks: [] }));
    return team;
  }
}
