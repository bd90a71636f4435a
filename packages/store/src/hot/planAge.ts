import type pg from 'pg';

/** Plans of a connection that is in use are not kept for longer. */
const PLAN_AGE_MAX_MS = 10_000;
/** And not of one that is as good as idle, whose next statement would wait for each renewal. */
const PLAN_AGE_MAX_MS_IDLE = 5 * 60_000;
/** It is with fewer rows than these since its plans were made, those at hand among them: for so few a bad plan costs little. */
const PLAN_ROWS_IDLE = 100;
/** However long ago the connection was opened, plans are not kept for more rows than these. */
const PLAN_ROWS_MAX = 100_000;

interface PlanAge {
  rows: number;
  renewAtRows: number;
  madeAtRows: number;
  madeAtMs: number;
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
  const nowMs = performance.now();
  const age = ages.get(pipeline) ?? { rows: 0, renewAtRows: 1, madeAtRows: 0, madeAtMs: nowMs };
  ages.set(pipeline, age);
  const isIdle = age.rows + rows - age.madeAtRows < PLAN_ROWS_IDLE;
  const stale = age.rows >= age.renewAtRows || nowMs - age.madeAtMs >= (isIdle ? PLAN_AGE_MAX_MS_IDLE : PLAN_AGE_MAX_MS);
  if (stale) Object.assign(age, { renewAtRows: age.rows + Math.min(age.rows, PLAN_ROWS_MAX), madeAtRows: age.rows, madeAtMs: nowMs });
  age.rows += rows;
  return stale;
}
