import type pg from 'pg';
import { connectWithPlans, type PipelineOptions } from './connectWithPlans.js';
import { prepareHot } from './prepareHot.js';
import { toStoreError } from './toStoreError.js';

/** A connection of its own for an evaluator's partition: several queries may be under way on it at once. */
export async function openPipeline(options: PipelineOptions): Promise<pg.Client> {
  const pipeline = await connectWithPlans(options);
  try {
    await prepareHot(pipeline);
    return pipeline;
  } catch (error) {
    await pipeline.end();
    throw toStoreError(error);
  }
}
