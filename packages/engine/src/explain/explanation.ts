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
  | 'too_late'
  | 'adds_nothing'
  | 'outside_window';

/** What keeps an achievement from unlocking whatever its value. */
export type BlockedBy = 'opted_out' | 'not_opted_in' | 'below_tier' | 'revoked';

/** What older events had said, where a later one of the history changed it: they are missing, so it is not known. */
export type Assumed = 'zone' | 'plan' | 'consent';

export interface CountedEvent {
  eventId: string;
  occurredAt: number;
  /** Its value, its steps, its period, or whether it was a success; null where it just counts. */
  contribution: Scalar | null;
}

export interface NotCountedEvent {
  eventId: string;
  occurredAt: number;
  reason: NotCountedReason;
  /** A sentence. */
  detail: string;
}

/** What a person did by hand, and why. `actor` is null where nobody noted who it was. */
export interface DoneByHand {
  actor: string | null;
  reason: string;
}

/** A threshold that was reached or granted, as it was when that happened. */
export interface CrossedThreshold {
  threshold: number;
  value: number;
  level: string | null;
  period: string | null;
  at: number;
  /** The event that made it true; null where it was granted. */
  eventId: string | null;
  /** The version of the definition that was in effect. */
  version: number;
  /** Found by a recount over the history. */
  backfilled: boolean;
  granted: DoneByHand | null;
  revoked: (DoneByHand & { at: number }) | null;
  /** Events that counted for it, the newest last, at most 20. */
  evidence: readonly string[];
}

/** What became of one event. */
export interface EventOutcome {
  eventId: string;
  type: string;
  occurredAt: number;
  counted: boolean;
  /** The first reason that it did not count; null where it did. */
  reason: NotCountedReason | null;
  /** In words. */
  detail: string;
  contribution: Scalar | null;
  /** The calendar period that it lies in; null where the achievement has none. */
  period: string | null;
  /** The value before and after it, in its period; null where it did not count, or what came before is not known. */
  value: { before: number; after: number } | null;
  /** What kept it from unlocking although it counted. */
  blockedBy: BlockedBy | null;
  /** What it unlocked. */
  crossed: CrossedThreshold[];
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
  /** What would do, in words; empty where nothing is missing. */
  needs: string;
  level: string | null;
  period: string | null;
  blockedBy: BlockedBy | null;
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
  /** Steps that nothing was seen of, for those that have steps. */
  missingSteps: string[];
  /** What the lists take to have been left as it is for everybody before the history, because older events are missing. */
  assumed: readonly Assumed[];
  /** What became of the event that was asked for; null where it is not in the history, or none was. */
  event: EventOutcome | null;
  /** A sentence or two. */
  summary: string;
}
