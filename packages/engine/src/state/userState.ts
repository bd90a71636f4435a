import type { AchievementState } from './achievementState.js';
import { Consent } from './consent.js';

/** Rules whose achievement is found without a search; a power of two. */
const RECENT_RULES = 32;

/** All that the engine knows of one user. It changes in place and belongs to one caller; what is in it is not for others to read. */
export class UserState {
  /** A name that the zone data knows; null where the user never said. */
  zone: string | null = null;
  /** The tier of the user's plan; null until one is told, which is `free`. */
  tier: string | null = null;
  consent = new Consent();
  xp = 0;
  /** By slug. What was put here is never taken away and never replaced. */
  readonly achievements = new Map<string, AchievementState>();
  /** XP that each capped rule would have paid without its cap, by rule and period. */
  readonly earnings = new Map<string, Map<number, number>>();
  /** The newest matches of each achievement and period, oldest first; kept only while a recount folds history. */
  evidence: Map<string, string[]> | null = null;
  /**
   * A slug and its achievement for each place, as they were found last. A search through the map reads memory in ten
   * places, which is most of the cost of an event where there are many users; this reads one.
   */
  #recent: (string | AchievementState | null)[] | null = null;

  /** What the user has of an achievement. `place`: a number of the rule's own, so that it is found again fast. */
  achievementOf({ slug, place }: { slug: string; place: number }): AchievementState | undefined {
    const at = (place % RECENT_RULES) * 2;
    if (this.#recent?.[at] === slug) return this.#recent[at + 1] as AchievementState;
    const found = this.achievements.get(slug);
    if (found === undefined) return undefined;
    this.#recent ??= new Array<string | AchievementState | null>(RECENT_RULES * 2).fill(null);
    this.#recent[at] = slug;
    this.#recent[at + 1] = found;
    return found;
  }
}

export function emptyState(): UserState {
  return new UserState();
}
