import type { CalendarUnit } from '../windows/period.js';

/** Definitions as the engine takes them: what parsePack makes of a pack, with every default filled in. */
export interface Pack {
  pack: string;
  achievements: AchievementDefinition[];
  xpRules: XpRule[];
  ranks: Rank[];
}

export type Rarity = 'common' | 'uncommon' | 'rare' | 'epic' | 'legendary';
export type Repeat = 'once' | 'each_period' | 'every_threshold';
export type OnPublish = 'recount' | 'continue' | 'restart';
export type Scope = 'user' | 'team';

export interface AchievementDefinition {
  slug: string;
  name: string;
  description: string;
  reason: string;
  category: string;
  sensitive: boolean;
  rarity: Rarity;
  xpReward: number;
  tierRequired: string | null;
  scope: Scope;
  criteria: Criteria;
  /** Ascending; null where the achievement has one threshold, `criteria.threshold`. */
  levels: Level[] | null;
  repeat: Repeat;
  onPublish: OnPublish;
  message: string | null;
}

export interface Level {
  name: string;
  threshold: number;
  xpReward: number;
}

/** A type, or a pattern with `*` for one token and `>` for one or more at the end; and a CEL filter. */
export interface EventMatcher {
  event: string[];
  where: string | null;
}

/** null is the lifetime of the user. */
export type Window = { calendar: CalendarUnit } | null;

export type StreakUnit = 'day' | 'week' | 'month';
export type Weekday = 'sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat';

export interface CountCriteria extends EventMatcher {
  type: 'count';
  threshold: number;
  window: Window;
}

export interface ValueCriteria extends EventMatcher {
  type: 'sum' | 'max' | 'latest' | 'distinct';
  /** CEL */
  value: string;
  threshold: number;
  window: Window;
}

export interface StreakCriteria extends EventMatcher {
  type: 'streak';
  threshold: number;
  every: StreakUnit;
  min: number;
  grace: number;
  skip: Weekday[];
}

export interface ChecklistStep extends EventMatcher {
  id: string;
}

export interface ChecklistCriteria {
  type: 'checklist';
  steps: ChecklistStep[];
  threshold: number;
  window: Window;
}

export interface XpCriteria {
  type: 'xp';
  threshold: number;
}

export interface AchievementsCriteria {
  type: 'achievements';
  slugs: string[];
  threshold: number;
}

export interface ManualCriteria {
  type: 'manual';
  on: EventMatcher | null;
  threshold: number;
}

/** Where the achievement has levels, `threshold` is that of the first. */
export type Criteria =
  | CountCriteria
  | ValueCriteria
  | StreakCriteria
  | ChecklistCriteria
  | XpCriteria
  | AchievementsCriteria
  | ManualCriteria;

export interface XpRule extends EventMatcher {
  id: string;
  /** An integer or CEL that yields a number, of which the part behind the point is dropped. */
  amount: number | string;
  cap: XpCap | null;
}

export interface XpCap {
  per: 'day' | 'week' | 'month';
  amount: number;
}

export interface Rank {
  name: string;
  xp: number;
}
