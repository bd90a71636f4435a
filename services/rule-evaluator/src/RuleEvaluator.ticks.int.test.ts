import { decodeTick, encodeTick, type ProgressUpdate, TICK_MS, TICK_SUBJECT, tickBefore } from '@cairn/contracts';
import { lastTick } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness } from './testing/EvaluatorHarness.js';

let harness: EvaluatorHarness;

/** A new log for each: ticks only ever go on. */
beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

/** The ticks of the log, in its order. */
async function ticks(): Promise<number[]> {
  const manager = await jetstreamManager(harness.nats);
  const found: number[] = [];
  for (let next = 1; ; ) {
    const message = await manager.streams.getMessage('CAIRN_LOG', { seq: next, next_by_subj: TICK_SUBJECT } as { seq: number });
    if (message === null) return found;
    found.push(decodeTick(message.data));
    next = message.seq + 1;
  }
}

const tick = (at: number) => jetstream(harness.nats).publish(TICK_SUBJECT, encodeTick(at));

// proves: time-is-in-the-log
it('puts how late it is into the log once, however many evaluators there are', async () => {
  const before = tickBefore(Date.now());
  for (const owner of ['one', 'two', 'three']) await harness.startEvaluator(owner);
  await eventually(async () => expect(await lastTick(harness.database.pool)).toBeGreaterThanOrEqual(before));
  await harness.evaluated();
  const found = await ticks();
  expect(found).toEqual([...new Set(found)]);
  await eventually(async () => expect(await lastTick(harness.database.pool)).toBe((await ticks()).at(-1)));
});

// proves: time-is-in-the-log
it('tells live of what lapsed with a tick, though no event came, and changes no state', async () => {
  const told: ProgressUpdate[] = [];
  harness.nats.subscribe('realtime.progress.>', { callback: (_, message) => void told.push(message.json<ProgressUpdate>()) });
  await harness.startEvaluator('one');
  await harness.publishPack([
    aCount('of-the-day', 5, { criteria: { type: 'count', event: 'build.succeeded', threshold: 5, window: { calendar: 'day' } } }),
    aCount('ever', 5),
  ]);
  await eventually(async () => expect(await lastTick(harness.database.pool)).not.toBeNull());
  await harness.append([{ ...anEvent({ id: 'today' }), occurredAt: Date.now(), receivedAt: Date.now() }]);
  const value = (slug: string) => told.findLast((update) => update.slug === slug)?.value;
  await eventually(() => expect([value('of-the-day'), value('ever')]).toEqual([1, 1]));
  const states = await harness.rows("SELECT encode(state, 'hex') AS state FROM user_state");

  const tomorrow = tickBefore(Date.now()) + 24 * 4 * TICK_MS;
  // The first tick that a partition sees only says how late it is.
  await tick(tickBefore(Date.now()) + TICK_MS);
  await tick(tomorrow);
  await eventually(() => expect(value('of-the-day')).toBe(0));
  await harness.evaluated();
  expect(value('ever')).toBe(1);
  await eventually(async () => expect(await lastTick(harness.database.pool)).toBe(tomorrow));
  expect(await harness.rows("SELECT encode(state, 'hex') AS state FROM user_state")).toEqual(states);
  expect(await harness.count('outbox')).toBe(0);
});
