import type { EventResult } from '@cairn/sdk';
import { describeRefusal } from './describeRefusal.js';

/** Problems that are told one by one; all are counted. */
export const PROBLEMS_TOLD_MAX = 20;

export interface Problem {
  /** `line 17`, `commit 1a2b3c`. */
  where: string;
  what: string;
}

/** What became of what an import read: each is counted once. */
export interface ImportTally {
  accepted: number;
  duplicates: number;
  /** An event with this identity is there already, with other contents: the first one stands. */
  conflicts: number;
  rejected: number;
  /** Not sent at all: what it was made of cannot be an event. By reason. */
  skipped: Record<string, number>;
  /** The first of those that were skipped, rejected or in conflict. */
  problems: Problem[];
  /** Of the newest entry of the log that holds one of the events; 0 where none was taken. */
  lastSequence: number;
}

export function emptyTally(): ImportTally {
  return { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, skipped: {}, problems: [], lastSequence: 0 };
}

export function tallyResult(tally: ImportTally, result: EventResult, where: string): void {
  tally.lastSequence = Math.max(tally.lastSequence, result.sequence ?? 0);
  switch (result.status) {
    case 'accepted':
      tally.accepted++;
      return;
    case 'duplicate':
      tally.duplicates++;
      return;
    case 'conflict':
      tally.conflicts++;
      break;
    case 'rejected':
      tally.rejected++;
      break;
  }
  tell(tally, { where, what: describeRefusal(result) });
}

export function tallySkipped(tally: ImportTally, reason: string, problem: Problem): void {
  tally.skipped[reason] = (tally.skipped[reason] ?? 0) + 1;
  tell(tally, problem);
}

export function skippedTotal(tally: ImportTally): number {
  return Object.values(tally.skipped).reduce((sum, count) => sum + count, 0);
}

/** All that was read so far, whatever became of it. */
export function readTotal(tally: ImportTally): number {
  return tally.accepted + tally.duplicates + tally.conflicts + tally.rejected + skippedTotal(tally);
}

function tell(tally: ImportTally, problem: Problem): void {
  if (tally.problems.length < PROBLEMS_TOLD_MAX) tally.problems.push(problem);
}
