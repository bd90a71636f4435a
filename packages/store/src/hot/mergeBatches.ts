import type { Advance } from './advancePartitions.js';
import {
  type ErasureRow,
  type EvaluationBatch,
  type EventColumns,
  type EventMoveRow,
  type MatchRow,
  type OutboxRow,
  type RecountChange,
  type RetractionRow,
  type RevocationRow,
  type UnlockRewriteRow,
  type UnlockRow,
  type UserStateRow,
  type XpRow,
  type XpTotalRow,
} from './EvaluationBatch.js';
import { isAroundEvidence } from './insertOutbox.js';

/** What several batches of different partitions change, as the rows of one transaction. */
export interface MergedBatches {
  advances: readonly Advance[];
  events: EventColumns;
  userStates: readonly (UserStateRow & { lastSeq: number })[];
  unlocks: readonly UnlockRow[];
  revocations: readonly RevocationRow[];
  xp: readonly XpRow[];
  xpTotals: readonly XpTotalRow[];
  matches: readonly MatchRow[];
  retractions: readonly RetractionRow[];
  eventMoves: readonly EventMoveRow[];
  unlockRewrites: readonly UnlockRewriteRow[];
  erasures: readonly (ErasureRow & { partition: number })[];
  recounts: readonly (RecountChange & { partition: number })[];
  outbox: readonly (OutboxRow & { partition: number })[];
}

/** The rows of each batch stand together, in the order of the batches. */
export function mergeBatches(batches: readonly EvaluationBatch[]): MergedBatches {
  return {
    // In key order, so that two that write the same partitions never wait for one another.
    advances: [...batches].sort((a, b) => a.partition - b.partition),
    events: mergeEvents(batches),
    userStates: batches.flatMap(({ userStates, newSeq }) => userStates.map((row) => ({ ...row, lastSeq: newSeq }))),
    unlocks: batches.flatMap(({ unlocks }) => unlocks),
    revocations: batches.flatMap(({ revocations }) => revocations),
    xp: batches.flatMap(({ xp }) => xp),
    xpTotals: batches.flatMap(({ xpTotals }) => xpTotals ?? []),
    matches: batches.flatMap(({ matches }) => matches ?? []),
    retractions: batches.flatMap(({ retractions }) => retractions ?? []),
    eventMoves: batches.flatMap(({ eventMoves }) => eventMoves ?? []),
    unlockRewrites: batches.flatMap(({ unlockRewrites }) => unlockRewrites ?? []),
    erasures: batches.flatMap(({ partition, erasures }) => (erasures ?? []).map((row) => ({ ...row, partition }))),
    recounts: batches.flatMap(({ partition, recounts }) => (recounts ?? []).map((change) => ({ ...change, partition }))),
    outbox: mergeOutboxes(batches),
  };
}

function mergeEvents(batches: readonly EvaluationBatch[]): EventColumns {
  const [first] = batches;
  if (first !== undefined && batches.length === 1) return first.events;
  const column = <T>(of: (events: EventColumns) => readonly T[]): T[] => batches.flatMap(({ events }) => of(events));
  return {
    tenantKey: column((events) => events.tenantKey),
    userKey: column((events) => events.userKey),
    logSeq: column((events) => events.logSeq),
    logIndex: column((events) => events.logIndex),
    eventId: column((events) => events.eventId),
    identity: column((events) => events.identity),
    occurredAt: column((events) => events.occurredAt),
    matched: column((events) => events.matched),
  };
}

/** A payload says which unlock of its own batch it is about: that one now stands behind those of the batches before. */
function mergeOutboxes(batches: readonly EvaluationBatch[]): (OutboxRow & { partition: number })[] {
  const merged: (OutboxRow & { partition: number })[] = [];
  let unlocksBefore = 0;
  for (const { partition, outbox, unlocks } of batches) {
    for (const row of outbox) {
      const { payload } = row;
      const moved = isAroundEvidence(payload) ? { ...payload, unlock: payload.unlock + unlocksBefore } : payload;
      merged.push({ ...row, payload: moved, partition });
    }
    unlocksBefore += unlocks.length;
  }
  return merged;
}
