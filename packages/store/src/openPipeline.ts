import pg from 'pg';
import { connectionLimits } from './Database.js';
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
import { toStoreError } from './toStoreError.js';

export interface PipelineOptions {
  url: string;
  applicationName: string;
  /** Called once when the connection is lost; what was in flight rejects with `connection`. Open another one then. */
  onError(error: Error): void;
}

/** A process that is frozen in the middle of a transaction holds its partition: it lets go of it sooner than its lease runs out. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 4_000;

/**
 * Every statement of the hot path finds its few rows by an index: the plans are made once, and never scan a table.
 * `planAge.ts` says when they are made again.
 */
const PLANS = [
  'SET plan_cache_mode = force_generic_plan',
  'SET enable_seqscan = off',
  'SET enable_bitmapscan = off',
  'SET enable_hashjoin = off',
  'SET enable_mergejoin = off',
  'SET jit = off',
].join('; ');

/** A connection of its own for an evaluator's partition: several queries may be under way on it at once. */
export async function openPipeline(options: PipelineOptions): Promise<pg.Client> {
  const pipeline = new pg.Client({
    ...connectionLimits,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    bindEventMoves([]),
    connectionString: options.url,
    application_name: options.applicationName,
    pipeline: true,
    bindUnlockRewrites([]),
  });
  pipeline.on('error', (error) => options.onError(error));
  try {
    await pipeline.connect();
    await pipeline.query(PLANS);
    await prepare(pipeline);
    return pipeline;
  } catch (error) {
    await pipeline.end();
    throw toStoreError(error);
  }
}

/**
 * Prepares every statement by running it on no rows. Were they prepared by the first batch, and that batch failed, then those of
 * the batch behind it would name statements that were never parsed.
 */
async function prepare(pipeline: pg.Client): Promise<void> {
  for (const statement of onNoRows()) {
    await pipeline.query(statement);
  }
}

function onNoRows(): BoundStatement[] {
  return [
    bindAdvances([]),
    bindEvents(emptyEventColumns()),
    bindMatches([]),
    bindRetractions([]),
    bindUserStates([]),
    bindUnlocks([]),
    bindRevocations([]),
    bindXpEntries([]),
    bindXpTotals([]),
    bindOutbox([], []),
  ];
}
