import { changesConsent } from '../builtInEvents.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { emptyState, type UserState } from '../state/userState.js';
import { foldMember } from './foldMember.js';

/** What the members of a tenant's teams chose about being counted, as a history tells it. */
export class MemberChoices {
  /** Those who chose anything. */
  readonly members = new Map<string, UserState>();
  readonly #silent = emptyState();

  /** Takes in a choice; other events say nothing. Calls come in the order of the log. */
  fold(catalogue: Catalogue, event: EngineEvent): void {
    if (!changesConsent(event.type)) return;
    foldMember(catalogue, this.#begin(event.userId), event);
  }

  /** What either of two users chose is what the one chose who goes on. */
  merge({ from, into }: { from: string; into: string }): void {
    const ending = this.members.get(from);
    if (ending !== undefined) this.#begin(into).consent.merge(ending.consent);
  }

  of(userId: string): UserState {
    return this.members.get(userId) ?? this.#silent;
  }

  #begin(userId: string): UserState {
    let member = this.members.get(userId);
    if (member === undefined) this.members.set(userId, (member = emptyState()));
    return member;
  }
}
