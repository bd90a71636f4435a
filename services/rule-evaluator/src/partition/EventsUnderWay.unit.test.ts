import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '@cairn/testing';
import { expect, it } from 'vitest';
import { EventsUnderWay } from './EventsUnderWay.js';

const never = new AbortController().signal;
const LONG_MS = 60_000;

it('lets batches begin up to its bound, and as many more as there is room for when one turns out small or has ended', async () => {
  const underWay = new EventsUnderWay({ eventsMax: 15, batchEventsMax: 10, holdMsMax: LONG_MS });
  const holdOne = await underWay.enter(never);
  const holdTwo = await underWay.enter(never);
  const entered: ((events: number) => void)[] = [];
  for (const _ of [1, 2, 3]) void underWay.enter(never).then((hold) => entered.push(hold));
  await turn();
  expect(entered).toHaveLength(0);
  holdOne(3);
  await turn();
  // 13 are fewer than 15, and 23 are not.
  expect(entered).toHaveLength(1);
  holdTwo(0);
  await turn();
  expect(entered).toHaveLength(2);
  for (const hold of [holdOne, ...entered]) hold(0);
  await turn();
  expect(entered).toHaveLength(3);
  entered[2]?.(0);
});

it('lets others go on when a batch takes too long', async () => {
  const underWay = new EventsUnderWay({ eventsMax: 1, batchEventsMax: 10, holdMsMax: 20 });
  const holdStuck = await underWay.enter(never);
  holdStuck(5);
  const holdNext = await underWay.enter(never);
  holdNext(1);
  let hasEntered = false;
  void underWay.enter(never).then(() => (hasEntered = true));
  // What was given up already is not given back twice.
  holdStuck(0);
  await turn();
  expect(hasEntered).toBe(false);
  holdNext(0);
  await eventually(() => expect(hasEntered).toBe(true));
});

it('holds nobody up who is told to stop', async () => {
  const underWay = new EventsUnderWay({ eventsMax: 1, batchEventsMax: 10, holdMsMax: LONG_MS });
  const hold = await underWay.enter(never);
  const stopping = new AbortController();
  const stopped = underWay.enter(stopping.signal);
  stopping.abort();
  for (const leave of [hold, await stopped, await underWay.enter(stopping.signal)]) leave(0);
});
