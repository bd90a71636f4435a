import type { FieldError } from '@cairn/contracts';

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
  event_id?: string;
  status: 'accepted' | 'duplicate' | 'rejected' | 'conflict';
  sequence?: number;
  error?: EventRefusal;
}

export interface EventRefusal {
  code: string;
  detail?: string;
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
}

export interface XpEntry {
  entry_id: string;
  amount: number;
  total_after: number;
  reason: string;
  slug?: string | null;
  rule_id?: string | null;
  occurred_at: string;
  caused_by: string;
}

export interface XpReport {
  total: number;
  rank: string | null;
  /** Newest first. */
  entries: XpEntry[];
}

/** An achievement of the catalogue: what its pack says, and which version is in effect. */
export interface CatalogueItem {
  slug: string;
  name: string;
  version: number;
  pack: string;
  [field: string]: unknown;
}

/** Why, or why not yet. */
export interface Explanation {
  slug: string;
  name: string;
  version: number;
  status: string;
  value: number;
  threshold: number;
  summary?: string;
  [field: string]: unknown;
}

export interface PackChange {
  slug: string;
  change: 'added' | 'changed' | 'unchanged' | 'retired';
  version: number;
}

export interface PublishedPack {
  pack: string;
  changes: PackChange[];
  [field: string]: unknown;
}

export interface ServerStatus {
  log: { last_sequence: number };
  evaluated_sequence: number;
  /** 0 when all that was accepted is committed. */
  lag: number;
  dead_letters: number;
  partitions: unknown[];
  nats_url?: string;
  version: string;
}

/** A page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
