import type { ByHand } from '../byHand.js';
import type { UnlockEffect, XpEffect } from '../effects.js';
import type { AchievementState } from '../state/achievementState.js';
import type { Consent } from '../state/consent.js';

/** An entry of the log, and a place in it. */
export interface LogPlace {
  sequence: number;
  index: number;
}

/** What decides whether something that is reached may unlock. */
export interface Eligibility {
  tier: string | null;
  consent: Consent;
}

/** What the history of a user came to under new definitions, in log order. */
export type RecountStep = LogPlace &
  (
    | { kind: 'unlock'; effect: UnlockEffect }
    /** By an XP rule. */
    | { kind: 'earning'; effect: XpEffect }
    /** What holds from here on, after an event that changed it. */
    | { kind: 'eligibility'; eligibility: Eligibility; at: number; cause: string }
    /** By a person, and put off until the recount is merged: it may stand for what the recount unlocks. */
    | { kind: 'grant'; byHand: ByHand; counts: AchievementState | null }
    | { kind: 'revocation'; byHand: ByHand }
  );
