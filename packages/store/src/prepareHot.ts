import type pg from 'pg';
import { bindMatches } from './hot/addMatches.js';
import { bindAdvances } from './hot/advancePartitions.js';
import { bindRetractions } from './hot/applyRetractions.js';
import { bindRevocations } from './hot/applyRevocations.js';
import { emptyEventColumns } from './hot/EvaluationBatch.js';
import type { BoundStatement } from './hot/HotStatement.js';
import { bindEvents } from './hot/insertEvents.js';
import { bindOutbox } from './hot/insertOutbox.js';
import { bindUnlocks } from './hot/insertUnlocks.js';
import { bindXpEntries } from './hot/insertXpEntries.js';
import { bindEventMoves } from './hot/moveEvents.js';
import { bindUnlockRewrites } from './hot/rewriteUnlocks.js';
import { bindXpTotals } from './hot/updateXpTotals.js';
import { bindUserStates } from './hot/upsertUserStates.js';

/**
 * Prepares every statement by running it on no rows. Were they prepared by the first batch, and that batch failed, then those of
 * the batch behind it would name statements that were never parsed.
 */
export async function prepareHot(pipeline: pg.Client): Promise<void> {
  for (const statement of onNoRows()) {
    await pipeline.query(statement);
  }
}

function onNoRows(): BoundStatement[] {
  return [
    bindAdvances([]),
    bindEvents(emptyEventColumns()),
    bindMatches([]),
    bindEventMoves([]),
    bindRetractions([]),
    bindUserStates([]),
    bindUnlocks([]),
    bindRevocations([]),
    bindUnlockRewrites([]),
    bindXpEntries([]),
    bindXpTotals([]),
    bindOutbox([], []),
  ];
}
