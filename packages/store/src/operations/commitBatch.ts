import type pg from 'pg';
import { bindMatches } from '../hot/addMatches.js';
import { bindAdvance } from '../hot/advancePartition.js';
import { bindRecountChange } from '../hot/applyRecounts.js';
import { bindRevocations } from '../hot/applyRevocations.js';
import { BATCH_ROWS_MAX, type CommittedBatch, type EvaluationBatch, type OutboxRow } from '../hot/EvaluationBatch.js';
import type { BoundStatement } from '../hot/HotStatement.js';
import { bindEvents } from '../hot/insertEvents.js';
import { bindOutbox, insertOutbox, isAroundEvidence } from '../hot/insertOutbox.js';
import { bindUnlocks, insertUnlocks, type WrittenUnlock } from '../hot/insertUnlocks.js';
import { bindXpEntries } from '../hot/insertXpEntries.js';
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
  assertBounds(batch);
  const statements = bind(batch);
  const results = await runPipelined(pipeline, statements);
  const rowsOf = (name: string) => results[statements.findIndex((statement) => statement.name === name)]?.rows ?? [];
  const evidence = inOrder(batch.unlocks, rowsOf(insertUnlocks.name) as WrittenUnlock[]);
  const ids = rowsOf(insertOutbox.name) as { id: number }[];
  return { evidence, outbox: batch.outbox.map((row, i) => ({ id: idAt(ids, i), payload: payloadOf(row, evidence) })) };
}

/** What there is nothing of is not sent at all. */
function bind(batch: EvaluationBatch): BoundStatement[] {
  const statements = [bindAdvance(batch)];
  if (batch.events.eventId.length > 0) statements.push(bindEvents(batch.events));
  if (batch.matches !== undefined && batch.matches.length > 0) statements.push(bindMatches(batch.matches));
  if (batch.userStates.length > 0) statements.push(bindUserStates(batch.userStates, batch.newSeq));
  if (batch.unlocks.length > 0) statements.push(bindUnlocks(batch.unlocks));
  if (batch.revocations.length > 0) statements.push(bindRevocations(batch.revocations));
  if (batch.xp.length > 0) statements.push(bindXpEntries(batch.xp));
  if (batch.xpTotals !== undefined && batch.xpTotals.length > 0) statements.push(bindXpTotals(batch.xpTotals));
  for (const change of batch.recounts ?? []) statements.push(bindRecountChange(batch.partition, change));
  if (batch.outbox.length > 0) statements.push(bindOutbox(batch));
  return statements;
}

function assertBounds(batch: EvaluationBatch): void {
  const columns: readonly { length: number }[] = Object.values(batch.events);
  const events = batch.events.eventId.length;
  if (columns.some((column) => column.length !== events)) throw new RangeError('the columns of the events differ in length');
  const largest = Math.max(
    events,
    batch.userStates.length,
    batch.unlocks.length,
    batch.revocations.length,
    batch.xp.length,
    batch.xpTotals?.length ?? 0,
    batch.matches?.length ?? 0,
    batch.outbox.length,
  );
  if (largest > BATCH_ROWS_MAX) throw new StoreError('batch_too_large', `${largest} rows of one kind; at most ${BATCH_ROWS_MAX}`);
}

function inOrder(unlocks: EvaluationBatch['unlocks'], written: readonly WrittenUnlock[]): string[] {
  const evidence = new Map(written.map((row) => [row.unlock_id, row.evidence]));
  return unlocks.map((unlock) => {
    const found = evidence.get(uuidText(unlock.unlockId));
    if (found === undefined) throw new StoreError('unexpected', `unlock ${uuidText(unlock.unlockId)} was committed but not returned`);
    return found;
  });
}

function idAt(ids: readonly { id: number }[], i: number): number {
  const row = ids[i];
  if (row === undefined) throw new StoreError('unexpected', `outbox row ${i} was committed but not returned`);
  return row.id;
}

/** The same three texts in the same order as in the statement: byte for byte what stands in the outbox. */
function payloadOf(row: OutboxRow, evidence: readonly string[]): Buffer {
  if (isAroundEvidence(row.payload)) return Buffer.from(row.payload.before + (evidence[row.payload.unlock] ?? '') + row.payload.after);
  const { buffer, byteOffset, byteLength } = row.payload;
  return Buffer.from(buffer, byteOffset, byteLength);
}
