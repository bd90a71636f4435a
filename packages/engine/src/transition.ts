import type { Catalogue } from './catalogue/catalogue.js';
import { type Effects, noEffects } from './effects.js';
import type { Consent } from './state/consent.js';
import type { UserState } from './state/userState.js';
import type { Zone } from './zones/zone.js';
import { zoneOrUtc } from './zones/zones.js';

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
  readonly effects: Effects = noEffects();
  /** Under whose choices an event counts: the user's own; for a team, those of the member who acted. */
  consent: Consent;

  constructor(
    readonly catalogue: Catalogue,
    readonly state: UserState,
    public cause: Cause,
  ) {
    this.consent = state.consent;
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
    if (!this.effects.progressed.includes(slug)) this.effects.progressed.push(slug);
  }
}
