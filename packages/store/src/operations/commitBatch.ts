import type pg from 'pg';
import { bindMatches } from '../hot/addMatches.js';
import { bindAdvances } from '../hot/advancePartitions.js';
import { bindErasures } from '../hot/applyErasures.js';
import { bindRecountChange } from '../hot/applyRecounts.js';
import { bindRetractions } from '../hot/applyRetractions.js';
import { bindRevocations } from '../hot/applyRevocations.js';
import { BATCH_ROWS_MAX, type CommittedBatch, type EvaluationBatch, type EventColumns, type OutboxRow } from '../hot/EvaluationBatch.js';
import type { BoundStatement } from '../hot/HotStatement.js';
import { bindEvents } from '../hot/insertEvents.js';
import { bindOutbox, insertOutbox, isAroundEvidence } from '../hot/insertOutbox.js';
import { bindUnlocks, insertUnlocks } from '../hot/insertUnlocks.js';
import { bindXpEntries } from '../hot/insertXpEntries.js';
import { type MergedBatches, mergeBatches } from '../hot/mergeBatches.js';
import { bindEventMoves } from '../hot/moveEvents.js';
import { bindUnlockRewrites } from '../hot/rewriteUnlocks.js';
import { runPipelined } from '../hot/runPipelined.js';
import { bindXpTotals } from '../hot/updateXpTotals.js';
import { bindUserStates } from '../hot/upsertUserStates.js';
import { StoreError } from '../StoreError.js';
import { uuidText } from '../uuidText.js';

/**
 * Commits all that a batch changes in one transaction, sent in one go on a client of `openPipeline`.
 *
 * A second batch may be sent before the first is answered: it starts where the first ends, and where the first fails, the
 * second is `fenced` by that alone. So a failure of the first must be acted upon, and that of those behind it ignored.
 *
 * Rejects with a StoreError: `fenced`, `identity_taken`, `unlock_taken`, `unlock_missing`, `xp_taken`, `retryable`,
 * `connection` (then it is unknown whether it was committed), and for what should not happen `batch_too_large`,
 * `invalid_data`, `constraint`, `not_committed`, `resources`, `unexpected`. But for `connection`, nothing was written.
 */
export async function commitBatch(pipeline: pg.Client, batch: EvaluationBatch): Promise<CommittedBatch> {
  const [committed] = await commitBatches(pipeline, [batch]);
  if (committed === undefined) throw new StoreError('unexpected', 'a batch was committed but not answered');
  return committed;
}

/**
 * Batches of different partitions in one transaction: all of them are committed, or none, as `commitBatch` says of one. What is wrong
 * with one of them rejects all; which one it was, the error does not tell.
 */
export async function commitBatches(pipeline: pg.Client, batches: readonly EvaluationBatch[]): Promise<CommittedBatch[]> {
  for (const batch of batches) assertColumns(batch.events);
  const merged = mergeBatches(batches);
  const rows = largestOf(merged);
  if (rows > BATCH_ROWS_MAX) throw new StoreError('batch_too_large', `${rows} rows of one kind; at most ${BATCH_ROWS_MAX}`);
  const statements = bind(merged);
  const answers = await runPipelined(pipeline, statements, { mayShareSync: merged.recounts.length + merged.erasures.length === 0, rows });
  const rowsOf = (name: string) => answers[statements.findIndex((statement) => statement.name === name)] ?? [];
  const evidence = new Map(rowsOf(insertUnlocks.name).map(([unlockId, events]) => [unlockId, events]));
  const ids = rowsOf(insertOutbox.name).map(([id]) => Number(id));
  let outboxBefore = 0;
  return batches.map(({ unlocks, outbox }) => {
    const ofBatch = inOrder(unlocks, evidence);
    const from = outboxBefore;
    outboxBefore += outbox.length;
    return { evidence: ofBatch, outbox: outbox.map((row, i) => ({ id: idAt(ids, from + i), payload: payloadOf(row, ofBatch) })) };
  });
}

/** What there is nothing of is not sent at all. */
function bind(merged: MergedBatches): BoundStatement[] {
  const statements = [bindAdvances(merged.advances)];
  if (merged.events.eventId.length > 0) statements.push(bindEvents(merged.events));
  if (merged.matches.length > 0) statements.push(bindMatches(merged.matches));
  if (merged.retractions.length > 0) statements.push(bindRetractions(merged.retractions));
  if (merged.eventMoves.length > 0) statements.push(bindEventMoves(merged.eventMoves));
  if (merged.userStates.length > 0) statements.push(bindUserStates(merged.userStates));
  if (merged.unlocks.length > 0) statements.push(bindUnlocks(merged.unlocks));
  if (merged.revocations.length > 0) statements.push(bindRevocations(merged.revocations));
  if (merged.unlockRewrites.length > 0) statements.push(bindUnlockRewrites(merged.unlockRewrites));
  if (merged.xp.length > 0) statements.push(bindXpEntries(merged.xp));
  if (merged.xpTotals.length > 0) statements.push(bindXpTotals(merged.xpTotals));
  if (merged.erasures.length > 0) statements.push(...bindErasures(merged.erasures));
  for (const change of merged.recounts) statements.push(bindRecountChange(change.partition, change));
  if (merged.outbox.length > 0) statements.push(bindOutbox(merged.outbox, merged.unlocks));
  return statements;
}

function assertColumns(events: EventColumns): void {
  const columns: readonly { length: number }[] = Object.values(events);
  if (columns.some((column) => column.length !== events.eventId.length)) {
    throw new RangeError('the columns of the events differ in length');
  }
}

/** How many rows there are of what there is most of. */
function largestOf(merged: MergedBatches): number {
  const { events, userStates, unlocks, revocations, unlockRewrites, xp, xpTotals, matches, retractions, outbox } = merged;
  const kinds = [events.eventId, userStates, unlocks, revocations, unlockRewrites, xp, xpTotals, matches, retractions, outbox];
  return Math.max(...kinds.map(({ length }) => length));
}

function inOrder(
  unlocks: EvaluationBatch['unlocks'],
  evidence: ReadonlyMap<string | null | undefined, string | null | undefined>,
): string[] {
  return unlocks.map((unlock) => {
    const found = evidence.get(uuidText(unlock.unlockId));
    if (typeof found !== 'string') throw new StoreError('unexpected', `unlock ${uuidText(unlock.unlockId)} was committed but not returned`);
    return found;
  });
}

function idAt(ids: readonly number[], i: number): number {
  const id = ids[i];
  if (id === undefined) throw new StoreError('unexpected', `outbox row ${i} was committed but not returned`);
  return id;
}

/** The same three texts in the same order as in the statement: byte for byte what stands in the outbox. */
function payloadOf(row: OutboxRow, evidence: readonly string[]): Buffer {
  if (isAroundEvidence(row.payload)) return Buffer.from(row.payload.before + (evidence[row.payload.unlock] ?? '') + row.payload.after);
  const { buffer, byteOffset, byteLength } = row.payload;
  return Buffer.from(buffer, byteOffset, byteLength);
}
