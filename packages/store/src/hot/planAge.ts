import type pg from 'pg';

/** However little was written, plans are not kept for longer. */
const PLAN_AGE_MAX_MS = 10_000;
/** However long ago the connection was opened, plans are not kept for more rows than these. */
const PLAN_ROWS_MAX = 100_000;

interface PlanAge {
  rows: number;
  renewAtRows: number;
  renewAtMs: number;
}

const ages = new WeakMap<pg.Client, PlanAge>();

/**
 * True where the plans of a connection should be made again before its next batch. A plan is made for the size that the tables have
 * at that time; on tables that are as good as empty any index seems as good as another, and the wrong one, kept while they
 * grow, costs a thousandfold. So plans are renewed when twice as many rows were written as last time, and now and then for ever; each
 * time costs some milliseconds.
 *
 * @param rows that the batch will write
 */
export function plansAreStale(pipeline: pg.Client, rows: number): boolean {
  const now = performance.now();
  const age = ages.get(pipeline) ?? { rows: 0, renewAtRows: 1, renewAtMs: now + PLAN_AGE_MAX_MS };
  ages.set(pipeline, age);
  const stale = age.rows >= age.renewAtRows || now >= age.renewAtMs;
  if (stale) {
    age.renewAtRows = age.rows + Math.min(age.rows, PLAN_ROWS_MAX);
    age.renewAtMs = now + PLAN_AGE_MAX_MS;
  }
  age.rows += rows;
  return stale;
}
