import type { Candidate, Candidates } from '../catalogue/ruleIndex.js';
import type { AchievementState } from './achievementState.js';
import { Consent } from './consent.js';
import { WrittenAchievements } from './writtenAchievements.js';

/** Types of events whose achievements are found without a search. */
const GROUPS_FOUND_MAX = 16;

/** What a user has of the achievements that listen to one type, by their place among those; null: none yet that is known of. */
export interface Found {
  /** The number of those candidates. */
  readonly group: number;
  readonly achievements: (AchievementState | null)[];
}

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
  /** What was written of the achievements last. */
  readonly written = new WrittenAchievements();
  /** Of the achievements, in order, as many as there were when somebody asked last. */
  #slugs: string[] = [];
  /**
   * What was found for the candidates of some types. A search through the map reads memory in ten places, which is most of the
   * cost of an event where there are many users; what one event needs lies together here. Bound: 130 bytes, and for each of the
   * types 72 bytes and 8 for each of its candidates.
   */
  #found: (Found | null)[] | null = null;

  /** The slugs of the achievements, in order: few are new from one time to the next. */
  slugs(): readonly string[] {
    if (this.#slugs.length < this.achievements.size) this.#slugs = [...this.achievements.keys()].sort();
    return this.#slugs;
  }

  /** Where the achievements of candidates are found without a search, for `achievementOf`. */
  foundFor({ group, rules }: Candidates): Found {
    this.#found ??= new Array<Found | null>(GROUPS_FOUND_MAX).fill(null);
    const found = this.#found[group % GROUPS_FOUND_MAX];
    if (found?.group === group) return found;
    return (this.#found[group % GROUPS_FOUND_MAX] = { group, achievements: new Array<AchievementState | null>(rules.length).fill(null) });
  }

  /** What the user has of one of the candidates. */
  achievementOf({ rule, place }: Candidate, { achievements }: Found): AchievementState | undefined {
    const known = achievements[place];
    if (known !== null) return known;
    const achievement = this.achievements.get(rule.slug);
    if (achievement !== undefined) achievements[place] = achievement;
    return achievement;
  }
}

export function emptyState(): UserState {
  return new UserState();
}
