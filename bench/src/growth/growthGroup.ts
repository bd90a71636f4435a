import type { BenchmarkGroup } from '../harness/benchmark.js';
import { STANDARD_USERS } from '../pipeline/standardSubmissions.js';
import type { GrowthCase } from './GrowthCase.js';
import { growthOf } from './growthOf.js';

const STANDARD: Omit<GrowthCase, 'name' | 'smallest'> = {
  evaluators: 1,
  activeUsers: STANDARD_USERS,
  knownUsers: STANDARD_USERS,
  achievements: 20,
  history: 0,
  postgresSettings: {},
};

/** What `docs/how-to/tune-postgresql.md` advises for many millions of events. */
const FOR_MILLIONS = { shared_buffers: '4GB', max_wal_size: '8GB', wal_compression: 'off' };

type Grown = { [name: string]: { sizes: readonly number[]; largest: readonly number[]; set(size: number): Partial<GrowthCase> } };

/** `largest` are those that only `--full` measures. */
const SERIES: Grown = {
  evaluators: { sizes: [1, 2, 4], largest: [], set: (evaluators) => ({ evaluators }) },
  // All of them active.
  users: { sizes: [1_000, 100_000], largest: [1_000_000], set: (users) => ({ activeUsers: users, knownUsers: users }) },
  // The standard work's active ones among ever more who are not.
  'known-users': { sizes: [5_000, 100_000], largest: [1_000_000], set: (knownUsers) => ({ knownUsers }) },
  achievements: { sizes: [20, 200, 2_000], largest: [], set: (achievements) => ({ achievements }) },
  history: { sizes: [0, 1_000_000], largest: [5_000_000, 20_000_000], set: (history) => ({ history, postgresSettings: FOR_MILLIONS }) },
};

export const growthGroup: BenchmarkGroup = {
  name: 'growth',
  description: 'what an event costs with more evaluators, users, achievements and history',
  runs: 1,
  warmsUp: false,
  benchmarks: ({ full }) =>
    Object.entries(SERIES).flatMap(([series, { sizes, largest, set }]) =>
      (full ? [...sizes, ...largest] : sizes).map((size) =>
        growthOf({ ...STANDARD, name: `${series}-${String(size)}`, smallest: `${series}-${String(sizes[0])}`, ...set(size) }),
      ),
    ),
};
