import { TICK_MS } from '@cairn/contracts';
import { createLogger } from '@cairn/runtime';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Ticker } from './Ticker.js';
import type { PlacedTick, TickLog } from './TickLog.js';

const LOOK_MS = 1_000;
const NOON = Date.UTC(2026, 3, 12, 12);
const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(NOON + 1);
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log that several tickers share. */
class MemoryTicks implements TickLog {
  readonly placed: PlacedTick[] = [];
  failure: Error | undefined;

  get instants(): number[] {
    return this.placed.map(({ at }) => at);
  }

  last(): Promise<PlacedTick | null> {
    return this.failure === undefined ? Promise.resolve(this.placed.at(-1) ?? null) : Promise.reject(this.failure);
  }

  append(at: number, after: PlacedTick | null): Promise<boolean> {
    if (this.placed.at(-1) !== (after ?? undefined)) return Promise.resolve(false);
    this.placed.push({ at, sequence: this.placed.length + 1 });
    return Promise.resolve(true);
  }
}

function start(ticks: TickLog, leader: { isLeading: boolean; aheadMs?: number } = { isLeading: true }): void {
  const now = () => Date.now() + (leader.aheadMs ?? 0);
  const ticker = new Ticker({ ticks, isLeading: () => leader.isLeading, now, lookMs: LOOK_MS, log });
  ticker.start();
  onTestFinished(() => ticker.stop());
}

it('puts a tick into the log for each quarter of an hour that begins, and at once for the one that has begun', async () => {
  const ticks = new MemoryTicks();
  start(ticks);
  await vi.advanceTimersByTimeAsync(2 * TICK_MS + LOOK_MS);
  expect(ticks.instants).toEqual([NOON, NOON + TICK_MS, NOON + 2 * TICK_MS]);
});

it('puts one for the newest after a standstill', async () => {
  const ticks = new MemoryTicks();
  const leader = { isLeading: true };
  start(ticks, leader);
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  leader.isLeading = false;
  await vi.advanceTimersByTimeAsync(10 * TICK_MS);
  leader.isLeading = true;
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(ticks.instants).toEqual([NOON, NOON + 10 * TICK_MS]);
});

it('puts each once though several lead, and none before one that is there already', async () => {
  const ticks = new MemoryTicks();
  for (let n = 0; n < 3; n++) start(ticks);
  start(ticks, { isLeading: true, aheadMs: TICK_MS });
  await vi.advanceTimersByTimeAsync(3 * TICK_MS);
  expect(ticks.instants).toEqual([...ticks.instants].sort((a, b) => a - b));
  expect(new Set(ticks.instants).size).toBe(ticks.instants.length);
  expect(ticks.instants.at(-1)).toBe(NOON + 4 * TICK_MS);
});

it('tries again where the log does not answer', async () => {
  const ticks = new MemoryTicks();
  ticks.failure = new Error('no log');
  start(ticks);
  await vi.advanceTimersByTimeAsync(3 * LOOK_MS);
  expect(ticks.instants).toEqual([]);
  ticks.failure = undefined;
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(ticks.instants).toEqual([NOON]);
});
