import type { AchievementState } from './achievementState.js';
import { Consent } from './consent.js';

/** All that the engine knows of one user. It changes in place and belongs to one caller; what is in it is not for others to read. */
export class UserState {
  /** A name that the zone data knows; null where the user never said. */
  zone: string | null = null;
  /** The tier of the user's plan; null until one is told, which is `free`. */
  tier: string | null = null;
  consent = new Consent();
  xp = 0;
  readonly achievements = new Map<string, AchievementState>();
  /** XP that each capped rule would have paid without its cap, by rule and period. */
  readonly earnings = new Map<string, Map<number, number>>();
  /** The newest matches of each achievement and period, oldest first; kept only while a recount folds history. */
  evidence: Map<string, string[]> | null = null;
}

export function emptyState(): UserState {
  return new UserState();
}
