import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plansAreStale } from './planAge.js';

/** Every second, for so long. */
function renewedAtSeconds(seconds: number, rowsASecond: number): number[] {
  const pipeline = new pg.Client();
  // Far enough from the first rows, after which plans are made again soon.
  plansAreStale(pipeline, 100_000);
  plansAreStale(pipeline, 0);
  return Array.from({ length: seconds }, (_, second) => second + 1).filter(() => {
    vi.advanceTimersByTime(1_000);
    return plansAreStale(pipeline, rowsASecond);
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

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

  it('are made again every ten seconds, for an idle one every five minutes', () => {
    expect(renewedAtSeconds(40, 20)).toEqual([10, 20, 30, 40]);
    expect(renewedAtSeconds(650, 0.1)).toEqual([300, 600]);
  });

  it('are made again for a large batch behind a rest', () => {
    const pipeline = new pg.Client();
    plansAreStale(pipeline, 0);
    vi.advanceTimersByTime(10_000);
    expect(plansAreStale(pipeline, 0)).toBe(false);
    expect(plansAreStale(pipeline, 4_000)).toBe(true);
  });

  it('are a matter of that connection alone', () => {
    expect([new pg.Client(), new pg.Client()].map((pipeline) => plansAreStale(pipeline, 1))).toEqual([false, false]);
  });
});
