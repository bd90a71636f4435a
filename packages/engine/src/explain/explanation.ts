import type { Scalar } from '../expressions/expression.js';

/** Events that an explanation lists of those that counted, and of those that did not: the newest. */
export const EVENTS_LISTED_MAX = 100;

/** Why an event did not count, from the first check to the last. */
export type NotCountedReason =
  | 'other_type'
  | 'version_not_in_effect'
  | 'already_unlocked'
  | 'opted_out'
  | 'not_opted_in'
  | 'where_false'
  | 'evaluation_failed'
  | 'skipped_day'
  | 'adds_nothing'
  | 'outside_window';

export interface CountedEvent {
  eventId: string;
  occurredAt: number;
  /** Its value, its step or its period; null where it just counts. */
  contribution: Scalar | null;
}

export interface NotCountedEvent {
  eventId: string;
  occurredAt: number;
  reason: NotCountedReason;
  /** A sentence. */
  detail: string;
}

/** A threshold that was reached, and by what. */
export interface CrossedThreshold {
  threshold: number;
  value: number;
  level: string | null;
  period: string | null;
  at: number;
  eventId: string;
}

/** Why a user has an achievement, or why not yet. */
export interface Explanation {
  slug: string;
  name: string;
  version: number;
  /** The entry of the log at which that version took effect. */
  versionSequence: number;
  status: 'locked' | 'progressing' | 'unlocked';
  value: number;
  threshold: number;
  /** How much more is needed for the next threshold; 0 where all are reached. */
  missing: number;
  level: string | null;
  period: string | null;
  /** What keeps it from unlocking whatever the value. */
  blockedBy: 'below_tier' | 'opted_out' | 'not_opted_in' | null;
  /** Newest first, at most EVENTS_LISTED_MAX. */
  counted: CountedEvent[];
  countedTotal: number;
  /** In the order that they were reached. */
  crossed: CrossedThreshold[];
  /** Newest first, at most EVENTS_LISTED_MAX; events of other types are in the totals alone. */
  notCounted: NotCountedEvent[];
  notCountedTotals: Partial<Record<NotCountedReason, number>>;
  /** Listed achievements that are not held, for those that ask for others. */
  missingSlugs: string[];
  /** One sentence for the person that it is about. */
  summary: string;
}
