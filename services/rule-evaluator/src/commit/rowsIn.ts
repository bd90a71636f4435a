import type { EvaluationBatch } from '@cairn/store';

/** What a batch weighs in a transaction. */
export function rowsIn(batch: EvaluationBatch): number {
  const { events, userStates, unlocks, revocations, xp, outbox, xpTotals, matches, retractions } = batch;
  const lists = [events.eventId, userStates, unlocks, revocations, xp, outbox, xpTotals ?? [], matches ?? [], retractions ?? []];
  return lists.reduce((sum, { length }) => sum + length, 0);
}
