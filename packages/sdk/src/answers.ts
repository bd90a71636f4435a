import type { FieldError, Unlock } from '@cairn/contracts';

/** What the server answers, as it travels: field names are those of the HTTP interface. */

export interface SentEvent {
  event_id: string;
  status: 'accepted' | 'duplicate';
  /** Grows along the log. */
  sequence: number;
}

/** What became of one event of many. */
export interface EventResult {
  /** Its place among those that were handed in. */
  index: number;
  /** That of the original for a duplicate; null where the event names none. */
  event_id: string | null;
  status: 'accepted' | 'duplicate' | 'rejected' | 'conflict';
  sequence?: number;
  error?: EventRefusal;
}

export interface EventRefusal {
  code: string;
  message: string;
  errors?: readonly FieldError[];
}

export interface ProgressItem {
  slug: string;
  name: string;
  status: 'locked' | 'progressing' | 'unlocked';
  value: number;
  threshold: number;
  level?: string | null;
  period?: string | null;
  eligible: boolean;
  /** A new version is still being evaluated over the history. */
  recounting?: true;
}

export interface ProgressReport {
  items: ProgressItem[];
  /** Only where no event of this user or team was ever seen, nor anything granted. */
  known?: false;
}

export interface XpEntry {
  entry_id: string;
  amount: number;
  total_after: number;
  reason: string;
  slug?: string | null;
  /** Of the unlock that it was paid for, where it has one. */
  level?: string | null;
  period?: string | null;
  rule_id?: string | null;
  occurred_at: string;
  caused_by: string;
}

export interface XpReport {
  total: number;
  rank: string | null;
  /** Newest first, as they were booked: totals follow from one another. */
  entries: XpEntry[];
}

/** An achievement of the catalogue: what its pack says, defaults filled in, and the version that is in effect. */
export interface CatalogueItem {
  slug: string;
  name: string;
  description: string;
  reason: string;
  category: string;
  sensitive: boolean;
  rarity: string;
  xp_reward: number;
  tier_required: string | null;
  scope: string;
  criteria: { type: string; threshold: number; [field: string]: unknown };
  levels: { name: string; threshold: number; xp_reward: number }[] | null;
  repeat: string;
  on_publish: string;
  message: string | null;
  version: number;
  pack: string;
  published_at: string;
  published_sequence: number;
}

/** What keeps an achievement from unlocking whatever its value. */
export type BlockedBy = 'opted_out' | 'not_opted_in' | 'below_tier' | 'revoked';

/** A threshold that was reached or granted, as it was when that happened. */
export interface CrossedThreshold {
  threshold: number;
  value: number;
  level: string | null;
  period: string | null;
  at: string;
  /** null where it was granted by hand. */
  event_id: string | null;
  version: number;
  backfilled: boolean;
  evidence: string[];
  granted: { by: string | null; reason: string } | null;
  revoked: { by: string | null; reason: string; at: string } | null;
}

/** What became of one event. */
export interface EventOutcome {
  event_id: string;
  type: string | null;
  occurred_at: string | null;
  counted: boolean;
  /** The first reason that it did not count; null where it did. */
  reason: string | null;
  /** In words. */
  detail: string;
  contribution: string | number | boolean | null;
  period: string | null;
  value: { before: number; after: number } | null;
  blocked_by: BlockedBy | null;
  crossed: CrossedThreshold[];
  /** The event that it is a duplicate of, or in conflict with. */
  original: { event_id: string; sequence: number } | null;
  sequence: number | null;
}

/** Why, or why not yet. */
export interface Explanation {
  slug: string;
  name: string;
  version: number;
  status: 'locked' | 'progressing' | 'unlocked';
  /** This version is still being evaluated over the history. */
  recounting?: true;
  value: number;
  threshold: number;
  /** How much more the next threshold needs. */
  missing: number;
  /** What would do, in words; empty where nothing is missing. */
  needs: string;
  level: string | null;
  period: string | null;
  blocked_by: BlockedBy | null;
  /** A sentence or two. */
  summary: string;
  /** Newest first, at most 100. */
  counted: { event_id: string; occurred_at: string; contribution: string | number | boolean | null }[];
  counted_total: number;
  /** In the order that they were reached. */
  crossed: CrossedThreshold[];
  /** Newest first, at most 100; events of other types stand in the totals alone. */
  not_counted: { event_id: string; occurred_at: string; reason: string; detail: string }[];
  not_counted_totals: Record<string, number>;
  missing_slugs: string[];
  missing_steps: string[];
  /** Only where one was asked for. */
  event?: EventOutcome;
  unlocks: Unlock[];
  /** What the lists were made from. */
  history: {
    events: number;
    truncated: boolean;
    missing: number;
    /** What is not known of the time before these events, and is taken as for who chose nothing. */
    assumed?: ('zone' | 'plan' | 'consent')[];
  };
}

export interface PackChange {
  slug: string;
  change: 'added' | 'changed' | 'unchanged' | 'retired';
  version: number;
}

export interface PublishedPack {
  pack: string;
  /** False where the pack is in effect as it is: then nothing was published. */
  changed: boolean;
  /** Where in the log it was last published. */
  sequence: number | null;
  /** Whether all reads show it already. */
  in_effect: boolean;
  changes: PackChange[];
  xp_rules_changed: boolean;
  ranks_changed: boolean;
}

/** A field that differs, as authors write it: `criteria.threshold`, `levels[gold].xp_reward`; null where there is none. */
export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

/** What publishing a pack would change. */
export interface PackDiff {
  pack: string;
  /** Whose history a recount would go through. */
  users: number;
  changes: (PackChange & {
    /** What publishing does with the history; null where it does nothing. */
    on_publish: 'recount' | 'continue' | 'restart' | null;
    fields: FieldChange[];
  })[];
  xp_rules: { id: string; change: PackChange['change']; fields: FieldChange[] }[];
  ranks: { name: string; change: PackChange['change']; fields: FieldChange[] }[];
}

/** The packs that are in effect, and what they may refer to. */
export interface PackList {
  items: { pack: string; achievements: number; xp_rules: number; ranks: number; sequence: number }[];
  /** Plans of users, the least first. */
  tier_order: string[];
}

/** A type of events that were received. */
export interface EventTypeItem {
  type: string;
  /** Events in the log, duplicates that got as far as that included. */
  events: number;
  /** The earliest and the latest time that they say they happened at. */
  first_seen: string;
  last_seen: string;
}

/** How many reach something, and how soon. */
export interface Reach {
  unlocks: number;
  /** Users, or teams, who would have it. */
  holders: number;
  /** Of those that were seen, from 0 to 1. */
  share: number;
  /** From a holder's earliest event to the earliest unlock; null where nobody has one. */
  time_to_unlock: { median_seconds: number; p90_seconds: number } | null;
}

export interface AchievementPreview extends Reach {
  slug: string;
  name: string;
  scope: 'user' | 'team';
  change: PackChange['change'];
  /** What publishing does with the history; null where it stays as it is. */
  on_publish: 'recount' | 'continue' | 'restart' | null;
  /** What publishing would give at once to those who do not have it. */
  new: { unlocks: number; holders: number };
  unlocks_per_day: number;
  /** Bars that are not empty, by their first day. */
  histogram: { days_per_bar: number; bars: { day: string; unlocks: number }[] };
  earliest: { user_id: string | null; team_id: string | null; unlocked_at: string; level: string | null; period: string | null }[];
  levels: ({ level: string; threshold: number } & Reach)[];
}

/** Above one in 1, all numbers of holders, unlocks and XP are estimates from a sample. */
export interface SampledCount {
  seen: number;
  sampled: number;
  one_in: number;
}

/** What a draft would have done to the history. */
export interface PackPreview {
  pack: string;
  since: string | null;
  events: number;
  first_event_at: string | null;
  last_event_at: string | null;
  /** Calendar days from the first event to the last. */
  days: number;
  users: SampledCount;
  /** null where the pack has nothing for teams. */
  teams: SampledCount | null;
  achievements: AchievementPreview[];
  xp: { total: number; per_user: { median: number; p90: number } | null; rules: { id: string; total: number }[] };
  warnings: { code: string; slug: string | null; level: string | null; xp_rule: string | null; message: string }[];
}

/** What was done by hand, or was so already. */
export interface HandChange {
  result: 'granted' | 'already_held' | 'revoked' | 'not_held';
  sequence: number | null;
  in_effect: boolean;
  unlock: Unlock | null;
}

export interface ServerStatus {
  log: { last_sequence: number };
  evaluated_sequence: number;
  /** 0 when all that was accepted is committed. */
  lag: number;
  dead_letters: number;
  partitions: { partition: number; last_sequence: number; evaluated_sequence: number; owner: string | null; lag: number }[];
  /** The loop that counts for teams, behind the partitions. */
  teams?: { last_sequence: number; evaluated_sequence: number; owner: string | null; lag: number };
  /** What publications asked for and is not done yet for all users; a server of an older version does not say. */
  recounts?: { partition: number; since_sequence: number; slugs: string[]; xp_rules: string[]; progress: number }[];
  nats_url?: string;
  version: string;
}

/** A page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** What became of the wish to retract an event. */
export interface RetractionResult {
  result: 'retracted' | 'already_retracted';
  event_id: string;
  user_id: string;
  /** The place of the retraction in the log. */
  sequence: number;
  in_effect: boolean;
}

/** How far it is that nothing is left of a user. It does not say who. */
export interface Erasure {
  erasure_id: string;
  status: 'pending' | 'done';
  step: 'requested' | 'ordered' | 'log' | 'rests' | 'events' | 'letters' | 'teams' | 'tables' | 'done';
  waits_for: string | null;
  /** Of the step at hand: 0 to 1. */
  progress: number;
  /** Entries of the log, messages of EVENTS and dead letters that were erased, or a part of them. */
  entries: number;
  messages: number;
  dead_letters: number;
  requested_at: string;
  requested_by: string;
  reason: string;
  finished_at: string | null;
}

/** What became of the wish to merge a user into another, or to rename one. */
export interface UserMergeResult {
  result: 'merged' | 'renamed' | 'already_merged';
  /** Who both ids lead to. */
  user_id: string;
  alias: string;
  /** The place in the log; null where nothing was to be done. */
  sequence: number | null;
  in_effect: boolean;
}
