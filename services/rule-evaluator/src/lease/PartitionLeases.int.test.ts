import { createLogger } from '@cairn/runtime';
import { type Database, migrate, openDatabase, partitionPositions, TEAMS_PARTITION } from '@cairn/store';
import { eventually, type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresLeases } from '../store/postgresLeases.js';
import { type OwnedPartition, PartitionLeases } from './PartitionLeases.js';

const PARTITIONS = 8;
const TIMING = { leaseSeconds: 1, renewalMs: 100 };
const logger = createLogger({ name: 'test', level: 'silent', pretty: 'off' });

let fresh: FreshDatabase;
let database: Database;
const started: Evaluator[] = [];

beforeAll(async () => {
  fresh = await freshDatabase();
  database = openDatabase({ url: fresh.url, applicationName: 'test', onError: () => undefined });
  await migrate(database.pool, { partitions: PARTITIONS });
  // To the leases it is one like the others: it would only make the sums uneven.
  await database.pool.query('DELETE FROM partitions WHERE partition = $1', [TEAMS_PARTITION]);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ leases }) => leases.stop()));
  await database.pool.query('DELETE FROM evaluators');
  await database.pool.query('UPDATE partitions SET owner = NULL, lease_until = NULL');
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

/** Keeps a list of what it works on, and nothing else. */
class Evaluator {
  readonly working = new Map<number, number>();
  readonly ends: OwnedPartition[] = [];
  /** What the end of the work on a partition waits for. */
  endOf: (owned: OwnedPartition) => Promise<void> = () => Promise.resolve();
  readonly leases: PartitionLeases;

  constructor(owner: string, store = postgresLeases(database)) {
    const events = {
      gained: ({ partition, epoch }: OwnedPartition) => {
        if (this.working.has(partition)) throw new Error(`partition ${partition} was begun twice`);
        this.working.set(partition, epoch);
      },
      lost: async (owned: OwnedPartition) => {
        this.ends.push(owned);
        await this.endOf(owned);
        this.working.delete(owned.partition);
      },
    };
    this.leases = new PartitionLeases({ owner, partitions: PARTITIONS, store, events, logger, timing: TIMING });
  }

  static async start(owner: string): Promise<Evaluator> {
    const evaluator = new Evaluator(owner);
    started.push(evaluator);
    await evaluator.leases.start();
    return evaluator;
  }

  get partitions(): number[] {
    return [...this.working.keys()].sort((a, b) => a - b);
  }
}

const all = Array.from({ length: PARTITIONS }, (_, i) => i);
const owners = async () => (await partitionPositions(database.pool)).map(({ owner }) => owner);

/** Each partition is worked on by one, and `shares` says how many each of them has, the most first. */
async function shared(evaluators: readonly Evaluator[], shares: readonly number[]): Promise<void> {
  await eventually(() => {
    expect(evaluators.flatMap(({ partitions }) => partitions).sort((a, b) => a - b)).toEqual(all);
    expect(evaluators.map(({ partitions }) => partitions.length).sort((a, b) => b - a)).toEqual(shares);
  });
}

describe('PartitionLeases', () => {
  it('shares all partitions among one, two and three evaluators, and among two again', async () => {
    const first = await Evaluator.start('first');
    expect(first.partitions).toEqual(all);
    const second = await Evaluator.start('second');
    await shared([first, second], [4, 4]);
    const third = await Evaluator.start('third');
    await shared([first, second, third], [3, 3, 2]);
    await second.leases.stop();
    expect(second.partitions).toEqual([]);
    await shared([first, third], [4, 4]);
  });

  it('leaves nobody without a share as long as there is one for each', async () => {
    const evaluators = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((owner) => Evaluator.start(owner)));
    await shared(evaluators, [2, 2, 2, 1, 1]);
    evaluators.push(...(await Promise.all(['0', 'f', 'g', 'h'].map((owner) => Evaluator.start(owner)))));
    await shared(evaluators, [1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  // proves: one-writer-a-partition
  it('takes over under new epochs what one leaves who vanishes, once the lease is over', async () => {
    const epochs = (await partitionPositions(database.pool)).map(({ epoch }) => epoch);
    // Takes everything, and is never heard of again.
    const vanished = postgresLeases(database);
    await vanished.heartbeat('vanished', TIMING.leaseSeconds);
    await vanished.acquire({ owner: 'vanished', want: PARTITIONS, leaseSeconds: TIMING.leaseSeconds });
    const heir = await Evaluator.start('heir');
    expect(heir.partitions).toEqual([]);
    await shared([heir], [PARTITIONS]);
    for (const [partition, epoch] of heir.working) expect(epoch).toBe((epochs[partition] as number) + 2);
  });

  it('gets its partitions under new epochs when it comes back under its name', async () => {
    const before = await Evaluator.start('same');
    const epochs = new Map(before.working);
    const after = await Evaluator.start('same');
    for (const [partition, epoch] of after.working) expect(epoch).toBe((epochs.get(partition) as number) + 1);
    expect(after.partitions).toEqual(all);
  });

  it('goes on renewing while the work on a partition takes its time to end, and gives it back only then', async () => {
    const first = await Evaluator.start('first');
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    first.endOf = () => finished;
    const second = await Evaluator.start('second');
    await eventually(() => expect(first.ends).toHaveLength(4));
    // Two leases later all would be somebody else's if they were not renewed.
    const until = performance.now() + 2 * TIMING.leaseSeconds * 1_000;
    await eventually(() => expect(performance.now()).toBeGreaterThan(until));
    expect(await owners()).toEqual(all.map(() => 'first'));
    expect(second.partitions).toEqual([]);
    finish();
    await shared([first, second], [4, 4]);
  });

  it('takes up again what turned out to be its own after all', async () => {
    const evaluator = await Evaluator.start('first');
    const [owned] = evaluator.leases.owned;
    if (owned === undefined) throw new Error('it owns nothing');
    evaluator.working.delete(owned.partition);
    evaluator.leases.forget(owned);
    await shared([evaluator], [PARTITIONS]);
  });

  it('works under the new epoch where somebody had the partition in between', async () => {
    const evaluator = await Evaluator.start('first');
    await database.pool.query('UPDATE partitions SET epoch = epoch + 1 WHERE partition = 3');
    const [row] = (await partitionPositions(database.pool)).filter(({ partition }) => partition === 3);
    await eventually(() => expect(evaluator.working.get(3)).toBe(row?.epoch));
    expect(evaluator.ends).toMatchObject([{ partition: 3 }]);
  });

  it('stops although the work on a partition ends badly and the database is gone', async () => {
    const closing = openDatabase({ url: fresh.url, applicationName: 'closing', onError: () => undefined });
    const evaluator = new Evaluator('first', postgresLeases(closing));
    await evaluator.leases.start();
    evaluator.endOf = ({ partition }) => (partition === 0 ? Promise.reject(new Error('badly')) : Promise.resolve());
    await closing.close();
    await evaluator.leases.stop();
    expect(evaluator.partitions).toEqual([0]);
  });
});
