import type { Catalogue } from './catalogue/catalogue.js';
import type { Effects, RevocationEffect, UnlockEffect, XpEffect } from './effects.js';
import { Gathered } from './gathered.js';
import type { Consent } from './state/consent.js';
import type { UserState } from './state/userState.js';
import type { Zone } from './zones/zone.js';
import { zoneOrUtc } from './zones/zones.js';

const NONE: readonly never[] = [];

/** What a step is put down to. */
export interface Cause {
  /** The instant that unlocks get. */
  at: number;
  /** The id of an event, or what else caused it. */
  id: string;
  /** Whose state it is, where that is known. */
  userId: string | null;
  backfilled: boolean;
}

/** One step of a user's state under way: what it works on and what it has brought about so far. */
export class Transition {
  /** Under whose choices an event counts: the user's own; for a team, those of the member who acted. */
  consent: Consent;
  /** Whether more may unlock or count than before. */
  widened = false;
  /** Expressions that failed, and built-in events that made no sense. */
  evaluationFailures = 0;
  // null while there are none, as at most events.
  #unlocks: UnlockEffect[] | null = null;
  #revocations: RevocationEffect[] | null = null;
  #xp: XpEffect[] | null = null;
  readonly #matched = new Gathered<number>();
  readonly #progressed = new Gathered<string>();

  constructor(
    public catalogue: Catalogue,
    public state: UserState,
    public cause: Cause,
  ) {
    this.consent = state.consent;
    // Folding notes what it changes; other steps may change anything.
    state.written.forget();
  }

  /** Makes it the next step, of any user: whatever it was before, nothing of that is left. */
  begin(catalogue: Catalogue, state: UserState, cause: Cause): void {
    this.catalogue = catalogue;
    this.state = state;
    this.cause = cause;
    this.consent = state.consent;
    this.widened = false;
    this.evaluationFailures = 0;
    this.#unlocks = null;
    this.#revocations = null;
    this.#xp = null;
    this.#matched.clear();
    this.#progressed.clear();
  }

  /** What the step has brought about; it goes to whoever asked for the step. */
  finish(): Effects {
    return {
      unlocks: this.#unlocks ?? NONE,
      revocations: this.#revocations ?? NONE,
      xp: this.#xp ?? NONE,
      matched: this.#matched.take(),
      progressed: this.#progressed.take(),
      evaluationFailures: this.evaluationFailures,
    };
  }

  /** Those that were given so far. */
  get unlocks(): readonly UnlockEffect[] {
    return this.#unlocks ?? NONE;
  }

  /** Whether any XP was paid so far. */
  get hasPaid(): boolean {
    return this.#xp !== null;
  }

  noteUnlock(unlock: UnlockEffect): void {
    (this.#unlocks ??= []).push(unlock);
  }

  noteRevocation(revocation: RevocationEffect): void {
    (this.#revocations ??= []).push(revocation);
  }

  noteXp(entry: XpEffect): void {
    (this.#xp ??= []).push(entry);
  }

  /** @param key of the definition that counted the event */
  noteMatch(key: number): void {
    this.#matched.add(key);
  }

  /** Puts what `work` brings about down to another cause. */
  because(cause: Cause, work: () => void): void {
    const own = this.cause;
    this.cause = cause;
    work();
    this.cause = own;
  }

  /** The zone that the user's calendar days are counted in. */
  get zone(): Zone {
    return zoneOrUtc(this.state.zone ?? this.catalogue.settings.timezone);
  }

  markProgress(slug: string): void {
    if (!this.#progressed.has(slug)) this.#progressed.add(slug);
  }
}
