import { eventually, type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../Database.js';
import { TEAMS_PARTITION } from '../teamsPartition.js';
import { emptyTables, migratedDatabase, openTestDatabase } from '../testing/TestStore.js';
import { acquirePartitions } from './acquirePartitions.js';
import { advancePosition } from './advancePosition.js';
import { heartbeat } from './heartbeat.js';
import { leaveEvaluators } from './leaveEvaluators.js';
import { partitionPositions } from './partitionPositions.js';
import { releasePartitions } from './releasePartitions.js';

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase(migratedDatabase);
  database = openTestDatabase(fresh.url);
});

beforeEach(async () => {
  await emptyTables(database.pool);
});

afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const LEASE = { leaseSeconds: 3600 };

async function letLeasesExpire(): Promise<void> {
  await database.pool.query(`UPDATE partitions SET lease_until = now() - interval '1 second'`);
}

describe('leases', () => {
  it('of free partitions are given up to what is wanted, each under a new epoch', async () => {
    const owned = await acquirePartitions(database.pool, { owner: 'a', want: 3, ...LEASE });
    expect(owned).toEqual([0, 1, 2].map((partition) => ({ partition, epoch: 1, lastSeq: 0 })));
    const rest = await acquirePartitions(database.pool, { owner: 'b', want: 3, ...LEASE });
    expect(rest.map(({ partition }) => partition)).toEqual([3, TEAMS_PARTITION]);
  });

  it('are renewed under the same epoch', async () => {
    const owned = await acquirePartitions(database.pool, { owner: 'a', want: 2, leaseSeconds: 10 });
    const [before] = await partitionPositions(database.pool);
    expect(await acquirePartitions(database.pool, { owner: 'a', want: 2, ...LEASE })).toEqual(owned);
    const [after] = await partitionPositions(database.pool);
    expect(after?.leaseUntil).toBeGreaterThan(before?.leaseUntil ?? Number.NaN);
  });

  it('are renewed beside a commit of several partitions, however their rows lie', async () => {
    const before = await acquirePartitions(database.pool, { owner: 'a', want: 2, ...LEASE });
    // The row of the first lies behind that of the second from now on.
    await advancePosition(database.pool, { partition: 0, epoch: 1, oldSeq: 0, newSeq: 1 });
    const commit = await database.pool.connect();
    try {
      await commit.query('BEGIN');
      await advancePosition(commit, { partition: 0, epoch: 1, oldSeq: 1, newSeq: 2 });
      const renewal = acquirePartitions(database.pool, { owner: 'a', want: 2, ...LEASE });
      await eventually(async () => {
        const { rowCount } = await database.pool.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        expect(rowCount).toBe(1);
      });
      await advancePosition(commit, { partition: 1, epoch: 1, oldSeq: 0, newSeq: 3 });
      await commit.query('COMMIT');
      expect(await renewal).toEqual([
        { ...before[0], lastSeq: 2 },
        { ...before[1], lastSeq: 3 },
      ]);
    } finally {
      commit.release();
    }
  });

  it('that have run out go to another owner, with the position that the last one had reached', async () => {
    await acquirePartitions(database.pool, { owner: 'a', want: 5, ...LEASE });
    await advancePosition(database.pool, { partition: 1, epoch: 1, oldSeq: 0, newSeq: 42 });
    expect(await acquirePartitions(database.pool, { owner: 'b', want: 5, ...LEASE })).toEqual([]);
    await letLeasesExpire();
    const taken = await acquirePartitions(database.pool, { owner: 'b', want: 2, ...LEASE });
    expect(taken).toEqual([
      { partition: 0, epoch: 2, lastSeq: 0 },
      { partition: 1, epoch: 2, lastSeq: 42 },
    ]);
    expect((await acquirePartitions(database.pool, { owner: 'a', want: 4, ...LEASE })).map(({ partition }) => partition)).toEqual([
      2,
      3,
      TEAMS_PARTITION,
    ]);
  });

  it('run out by the clock of the database', async () => {
    await acquirePartitions(database.pool, { owner: 'a', want: 4, leaseSeconds: 0.05 });
    await eventually(async () => {
      expect(await acquirePartitions(database.pool, { owner: 'b', want: 4, ...LEASE })).toHaveLength(4);
    });
  });

  it('are each given once, however many ask at the same time', async () => {
    const owners = ['a', 'b', 'c', 'd'];
    const owned = await Promise.all(owners.map((owner) => acquirePartitions(database.pool, { owner, want: 4, ...LEASE })));
    const partitions = owned.flat().map(({ partition }) => partition);
    expect(new Set(partitions).size).toBe(partitions.length);
    expect(owned.flat().every(({ epoch }) => epoch === 1)).toBe(true);
  });

  it('of a partition in the middle of a commit are left for later', async () => {
    const committing = await database.pool.connect();
    await committing.query('BEGIN');
    await advancePosition(committing, { partition: 0, epoch: 0, oldSeq: 0, newSeq: 5 });
    const owned = await acquirePartitions(database.pool, { owner: 'b', want: 1, ...LEASE });
    expect(owned.map(({ partition }) => partition)).toEqual([1]);
    await committing.query('COMMIT');
    committing.release();
    expect(await acquirePartitions(database.pool, { owner: 'b', want: 2, ...LEASE })).toContainEqual({
      partition: 0,
      epoch: 1,
      lastSeq: 5,
    });
  });

  it('can be given back, but only by their owner', async () => {
    await acquirePartitions(database.pool, { owner: 'a', want: 4, ...LEASE });
    await releasePartitions(database.pool, { owner: 'b', partitions: [0, 1, 2, 3] });
    await releasePartitions(database.pool, { owner: 'a', partitions: [1, 3] });
    const owners = (await partitionPositions(database.pool)).map(({ owner }) => owner);
    expect(owners).toEqual(['a', null, 'a', null, null]);
  });
});

describe('advancePosition', () => {
  it.each([
    ['another epoch', { partition: 0, epoch: 0, oldSeq: 0 }],
    ['another position', { partition: 0, epoch: 1, oldSeq: 1 }],
    ['a partition that does not exist', { partition: 99, epoch: 1, oldSeq: 0 }],
  ])('is fenced from %s', async (_, from) => {
    await acquirePartitions(database.pool, { owner: 'a', want: 4, ...LEASE });
    await expect(advancePosition(database.pool, { ...from, newSeq: 9 })).rejects.toMatchObject({ name: 'StoreError', code: 'fenced' });
    expect((await partitionPositions(database.pool)).every(({ lastSeq }) => lastSeq === 0)).toBe(true);
  });
});

describe('heartbeat', () => {
  it('counts who was heard of within the limit, and who of them comes before by name', async () => {
    expect(await heartbeat(database.pool, 'a', 60)).toEqual({ evaluators: 1, before: 0 });
    expect(await heartbeat(database.pool, 'b', 60)).toEqual({ evaluators: 2, before: 1 });
    await database.pool.query(`UPDATE evaluators SET heartbeat_at = now() - interval '61 seconds' WHERE owner = 'a'`);
    expect(await heartbeat(database.pool, 'b', 60)).toEqual({ evaluators: 1, before: 0 });
    expect(await heartbeat(database.pool, 'a', 60)).toEqual({ evaluators: 2, before: 0 });
    await leaveEvaluators(database.pool, 'b');
    expect(await heartbeat(database.pool, 'a', 60)).toEqual({ evaluators: 1, before: 0 });
  });

  it('forgets who has been silent for long', async () => {
    await heartbeat(database.pool, 'gone', 60);
    await database.pool.query(`UPDATE evaluators SET heartbeat_at = now() - interval '601 seconds'`);
    await heartbeat(database.pool, 'a', 60);
    const { rows } = await database.pool.query('SELECT owner FROM evaluators');
    expect(rows).toEqual([{ owner: 'a' }]);
  });
});
