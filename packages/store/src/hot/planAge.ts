import type pg from 'pg';

/** However few batches there were, plans are not kept for longer. */
const PLAN_AGE_MAX_MS = 10_000;
/** However long ago the connection was opened, plans are not kept for more batches. */
const PLAN_BATCHES_MAX = 64;

interface PlanAge {
  batches: number;
  renewAtBatch: number;
  renewAtMs: number;
}

const ages = new WeakMap<pg.Client, PlanAge>();

/**
 * True where the plans of a connection should be made again before its next batch. A plan is made for the size that the tables have
 * at that time; on tables that are as good as empty any index seems as good as another, and the wrong one, kept while they
 * grow, costs a thousandfold. So plans are renewed after 1, 2, 4, … batches and now and then for ever; that costs a millisecond.
 */
export function plansAreStale(pipeline: pg.Client): boolean {
  const now = performance.now();
  const age = ages.get(pipeline) ?? { batches: 0, renewAtBatch: 1, renewAtMs: now + PLAN_AGE_MAX_MS };
  ages.set(pipeline, age);
  const stale = age.batches >= age.renewAtBatch || now >= age.renewAtMs;
  if (stale) {
    age.renewAtBatch = age.batches + Math.min(age.batches, PLAN_BATCHES_MAX);
    age.renewAtMs = now + PLAN_AGE_MAX_MS;
  }
  age.batches += 1;
  return stale;
}
