import type { EvaluationBatch } from '@cairn/store';
import type { ProgressChange } from '../progress/ProgressPublisher.js';
import type { Entry } from './decodeEntry.js';
import type { PlacedIdentity } from './IdentityCache.js';
import type { CachedUser } from './UserCache.js';

/** What a fold put into memory, to be taken back where it is not committed. */
export interface FoldTraces {
  touched: ReadonlySet<CachedUser>;
  identities: readonly PlacedIdentity[];
}

/** A batch that is folded and not yet committed. */
export interface FoldedBatch extends FoldTraces {
  number: number;
  /** What it covers. */
  entries: readonly Entry[];
  /** What it was given and does not cover, for the next batch. */
  rest: readonly Entry[];
  batch: EvaluationBatch;
  progress: readonly ProgressChange[];
  counts: FoldCounts;
}

export interface FoldCounts {
  events: number;
  duplicates: number;
  conflicts: number;
  deadLetters: number;
  unlocks: number;
  evaluationFailures: number;
  /** Identities that the database knew, though nothing in memory told of them. */
  surprises: number;
}

export function noCounts(): FoldCounts {
  return { events: 0, duplicates: 0, conflicts: 0, deadLetters: 0, unlocks: 0, evaluationFailures: 0, surprises: 0 };
}
