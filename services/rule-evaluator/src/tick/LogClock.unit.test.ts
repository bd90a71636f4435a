import { createLogger } from '@cairn/runtime';
import { expect, it } from 'vitest';
import { LogClock } from './LogClock.js';

const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const NOW = 1_000_000;

function setUp(stored: number | null) {
  const written: number[] = [];
  const state = { failure: undefined as Error | undefined };
  const clock = new LogClock({
    read: () => Promise.resolve(stored),
    write: (at) => {
      if (state.failure !== undefined) return Promise.reject(state.failure);
      written.push(at);
      return Promise.resolve();
    },
    now: () => NOW,
    log,
  });
  return { clock, written, state };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('is the time of day until there was a tick, and then that of the newest', async () => {
  const { clock, written } = setUp(null);
  await clock.start();
  expect(clock.now()).toBe(NOW);
  for (const at of [5, 5, 9, 7]) {
    clock.note(at);
    await settled();
  }
  expect([clock.now(), written]).toEqual([9, [5, 9]]);
});

it('writes a tick that came while another was being written', async () => {
  const { clock, written } = setUp(null);
  clock.note(5);
  clock.note(9);
  await settled();
  expect(written).toEqual([5, 9]);
});

it('begins with the tick that another process has evaluated', async () => {
  const { clock } = setUp(8);
  await clock.start();
  clock.note(3);
  expect(clock.now()).toBe(8);
});

it('writes a tick when the next partition tells of it, where it could not be written before', async () => {
  const { clock, written, state } = setUp(null);
  state.failure = new Error('no database');
  clock.note(5);
  await settled();
  state.failure = undefined;
  clock.note(5);
  await settled();
  expect(written).toEqual([5]);
});
