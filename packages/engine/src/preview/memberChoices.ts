import { changesConsent } from '../builtInEvents.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { emptyState, type UserState } from '../state/userState.js';
import { foldMember } from '../teams/foldMember.js';

/** What members of teams chose about being counted. Those who chose nothing take no room. */
export class MemberChoices {
  readonly #catalogue: Catalogue;
  readonly #membersMax: number;
  readonly #undecided = emptyState();
  readonly #members = new Map<string, UserState>();

  /** @param membersMax who chose so many others ago counts as if nothing had been chosen */
  constructor(catalogue: Catalogue, membersMax: number) {
    this.#catalogue = catalogue;
    this.#membersMax = membersMax;
  }

  /** The member whose event it is, with the choice that the event may be. */
  after(event: EngineEvent): UserState {
    const { userId } = event;
    if (!changesConsent(event.type)) return this.#members.get(userId) ?? this.#undecided;
    const member = this.#members.get(userId) ?? emptyState();
    this.#members.delete(userId);
    this.#members.set(userId, member);
    foldMember(this.#catalogue, member, event);
    for (const oldest of this.#members.keys()) {
      if (this.#members.size <= this.#membersMax) break;
      this.#members.delete(oldest);
    }
    return member;
  }
}
