import type { CalendarUnit } from '../windows/period.js';
import type { Criteria, OnPublish, OnRetract, Rarity, Repeat, Scope, StreakUnit, Weekday } from './pack.js';

/** What a field of a pack may say, in the order in which authors are told. */
export const CRITERIA_TYPES = [
  'count',
  'sum',
  'max',
  'latest',
  'distinct',
  'streak',
  'checklist',
  'sequence',
  'ratio',
  'xp',
  'achievements',
  'manual',
] as const satisfies readonly Criteria['type'][];
export const RARITIES = ['common', 'uncommon', 'rare', 'epic', 'legendary'] as const satisfies readonly Rarity[];
export const REPEATS = ['once', 'each_period', 'every_threshold'] as const satisfies readonly Repeat[];
export const ON_PUBLISH = ['recount', 'continue', 'restart'] as const satisfies readonly OnPublish[];
export const ON_RETRACT = ['keep', 'revoke'] as const satisfies readonly OnRetract[];
export const SCOPES = ['user', 'team'] as const satisfies readonly Scope[];
/** Periods of a streak, and of the cap of an XP rule. */
export const PER = ['day', 'week', 'month'] as const satisfies readonly StreakUnit[];
export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const satisfies readonly CalendarUnit[];
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const satisfies readonly Weekday[];
export const PLATFORMS = ['linux', 'macos', 'windows', 'web', 'ci', 'server', 'other'] as const;
