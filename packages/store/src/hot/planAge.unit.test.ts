import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { plansAreStale } from './planAge.js';

describe('the plans of a connection', () => {
  it('are made again whenever as many rows were written as before, and every 100,000 later on', () => {
    const pipeline = new pg.Client();
    const renewedBefore = Array.from({ length: 300 }, (_, batch) => ({ batch, stale: plansAreStale(pipeline, 2_500) }))
      .filter(({ stale }) => stale)
      .map(({ batch }) => batch);
    expect(renewedBefore).toEqual([1, 2, 4, 8, 16, 32, 64, 104, 144, 184, 224, 264]);
  });

  it('are kept over many small batches', () => {
    const pipeline = new pg.Client();
    const renewals = Array.from({ length: 1_000 }, () => plansAreStale(pipeline, 1)).filter((stale) => stale);
    expect(renewals).toHaveLength(10);
  });

  it('are a matter of that connection alone', () => {
    expect([new pg.Client(), new pg.Client()].map((pipeline) => plansAreStale(pipeline, 1))).toEqual([false, false]);
  });
});
