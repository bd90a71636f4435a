import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { plansAreStale } from './planAge.js';

describe('the plans of a connection', () => {
  it('are made again as the tables may have doubled, and every 64 batches later on', () => {
    const pipeline = new pg.Client();
    const renewedBefore = Array.from({ length: 300 }, (_, batch) => ({ batch, stale: plansAreStale(pipeline) }))
      .filter(({ stale }) => stale)
      .map(({ batch }) => batch);
    expect(renewedBefore).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 192, 256]);
  });

  it('are a matter of that connection alone', () => {
    expect([new pg.Client(), new pg.Client()].map(plansAreStale)).toEqual([false, false]);
  });
});
