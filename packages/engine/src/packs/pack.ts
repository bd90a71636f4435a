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
/** What becomes of what an event brought about when the event is retracted. */
export type OnRetract = 'keep' | 'revoke';
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
  onRetract: OnRetract;
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

export interface CalendarWindow {
  calendar: CalendarUnit;
}

/** `12h`, `30d` or `4w`, as it was written. */
export interface RollingWindow {
  rolling: string;
}

/** null is the lifetime of the user. */
export type Window = CalendarWindow | RollingWindow | null;

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

/** Of a checklist or a sequence. */
export interface Step extends EventMatcher {
  id: string;
}

export interface ChecklistCriteria {
  type: 'checklist';
  steps: Step[];
  threshold: number;
  window: Window;
}

export interface SequenceCriteria {
  type: 'sequence';
  /** In their order. */
  steps: Step[];
  /** How far the last may lie behind the first, such as `7d`; null where that does not matter. */
  within: string | null;
  threshold: number;
}

export interface RatioCriteria extends EventMatcher {
  type: 'ratio';
  /** CEL */
  success: string;
  /** Matches that it takes before there is a value. */
  min: number;
  /** Above 0, at most 1. */
  threshold: number;
  window: CalendarWindow | null;
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
  | SequenceCriteria
  | RatioCriteria
  | XpCriteria
  | AchievementsCriteria
  | ManualCriteria;

export interface XpRule extends EventMatcher {
  id: string;
  /** An integer or CEL that yields a number, of which the part behind the point is dropped. */
  amount: number | string;
  cap: XpCap | null;
  onRetract: OnRetract;
}

export interface XpCap {
  per: 'day' | 'week' | 'month';
  amount: number;
}

export interface Rank {
  name: string;
  xp: number;
}
