import { emptyState, encodeState, fold, type UserState } from '@cairn/engine';
import type { Benchmark } from '../harness/benchmark.js';
import { CpuStopwatch } from '../harness/cpuStopwatch.js';
import { makeEvent } from './makeEvent.js';
import { publishPacks } from './publishPacks.js';

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2026, 0, 1);
/** Users that a run fills up, so that it takes long enough to be measured. */
const USERS = 5;

interface LargeState {
  name: string;
  criteria: Record<string, unknown>;
  /** Matches of each user: one less than would complete it, which would forget all. */
  matches: number;
}

const DISTINCT: LargeState = {
  name: 'engine/distinct-10000',
  criteria: { type: 'distinct', event: 'page.read', value: 'properties.page', threshold: 10_000 },
  matches: 9_999,
};

const ROLLING: LargeState = {
  name: 'engine/rolling-1000',
  criteria: { type: 'count', event: 'page.read', threshold: 1_000, window: { rolling: '30d' } },
  matches: 999,
};

/** What the largest states cost that criteria of a high threshold keep: time for each event, and bytes in the end. */
export const largeStates: readonly Benchmark[] = [DISTINCT, ROLLING].flatMap((state) => [timeOf(state), bytesOf(state)]);

function timeOf(state: LargeState): Benchmark {
  return {
    name: state.name,
    unit: 'µs/event',
    settings: { matches: state.matches, users: USERS, clock: 'processor time' },
    prepare: () => () => {
      const stopwatch = new CpuStopwatch();
      for (let user = 0; user < USERS; user++) fill(state, stopwatch);
      return (stopwatch.seconds * 1e6) / (state.matches * USERS);
    },
  };
}

function bytesOf(state: LargeState): Benchmark {
  return {
    name: `${state.name}-state`,
    unit: 'bytes',
    settings: { matches: state.matches },
    prepare: () => () => encodeState(fill(state, new CpuStopwatch())).length,
  };
}

function fill({ criteria, matches }: LargeState, stopwatch: CpuStopwatch): UserState {
  const catalogue = publishPacks([
    { pack: 'large', achievements: [{ slug: 'large', name: 'Large', reason: 'To have a large state.', criteria, xp_reward: 1 }] },
  ]);
  const events = Array.from({ length: matches }, (_, i) =>
    makeEvent({
      i,
      user: 0,
      type: 'page.read',
      occurredAt: FROM + i * 40 * MINUTE_MS,
      propertiesJson: JSON.stringify({ page: `/handbook/page-${String(i)}` }),
    }),
  );
  const state = emptyState();
  stopwatch.start();
  for (const event of events) fold(catalogue, state, event);
  stopwatch.stop();
  return state;
}
