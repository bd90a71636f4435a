import { partitionOf } from '@cairn/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { BackfillGate } from './BackfillGate.js';

const LOOK_MS = 100;
const PARTITIONS = 2;
const ada = makeEvent({ event_id: 'a', user: 'ada', backfill: true });
const own = partitionOf(ada.tenantId, ada.userId, PARTITIONS);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp({ eventsMax = 10 } = {}) {
  const evaluated = new Map([
    [0, 0],
    [1, 0],
  ]);
  const looks = { made: 0, failure: undefined as Error | undefined, errors: [] as unknown[] };
  const gate = new BackfillGate({
    eventsMax,
    partitions: PARTITIONS,
    lookMs: LOOK_MS,
    positions: () => {
      looks.made++;
      if (looks.failure !== undefined) return Promise.reject(looks.failure);
      return Promise.resolve([...evaluated].map(([partition, lastSeq]) => ({ partition, lastSeq })));
    },
    onError: (error) => looks.errors.push(error),
  });
  const put = (events: number, sequence: number): void => {
    gate.enter(events);
    for (let n = 0; n < events; n++) {
      gate.written(ada, sequence);
      gate.leave();
    }
  };
  return { gate, evaluated, looks, put };
}

const look = () => vi.advanceTimersByTimeAsync(LOOK_MS);

it('holds back what would be more than its bound, until the partition has evaluated it', async () => {
  const { gate, evaluated, put } = setUp();
  put(6, 5);
  put(4, 8);
  expect(() => gate.enter(1)).toThrow(expect.objectContaining({ code: 'backfill_waits', status: 429, retryAfterSeconds: 1 }) as Error);
  evaluated.set(1 - own, 100);
  await look();
  expect(gate.events).toBe(10);
  evaluated.set(own, 7);
  await look();
  expect(gate.events).toBe(4);
  put(6, 9);
  evaluated.set(own, 9);
  await look();
  expect(gate.events).toBe(0);
});

it('takes a batch that is larger than the bound where it is the only one', () => {
  const { gate, put } = setUp();
  put(50, 1);
  expect(gate.events).toBe(50);
  expect(() => gate.enter(1)).toThrow(expect.objectContaining({ code: 'backfill_waits' }) as Error);
});

it('counts those that are on their way, and lets go of what never got into the log', () => {
  const { gate } = setUp();
  gate.enter(10);
  expect(() => gate.enter(1)).toThrow();
  gate.leave();
  gate.enter(1);
});

it('looks only while there is something to wait for, and again after a look that failed', async () => {
  const { gate, evaluated, looks, put } = setUp();
  gate.enter(0);
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(looks.made).toBe(0);
  put(1, 3);
  looks.failure = new Error('no database');
  await look();
  expect(looks.errors).toEqual([looks.failure]);
  looks.failure = undefined;
  evaluated.set(own, 3);
  await look();
  expect([gate.events, looks.made]).toEqual([0, 2]);
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(looks.made).toBe(2);
});

it('counts what came back out of order', async () => {
  const { gate, evaluated, put } = setUp();
  put(1, 9);
  put(1, 7);
  evaluated.set(own, 8);
  await look();
  expect(gate.events).toBe(1);
});

it('looks no more once it is stopped', async () => {
  const { gate, looks, put } = setUp();
  put(1, 3);
  gate.stop();
  put(1, 4);
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(looks.made).toBe(0);
});
