import { type CommittedBatch, type EvaluationBatch, emptyEventColumns, StoreError } from '@cairn/store';
import { SeededRandom } from '@cairn/testing/random';
import { describe, expect, it } from 'vitest';
import { COMMIT_ROWS_MAX } from '../limits.js';
import { type CommitTogether, GroupCommitter } from './GroupCommitter.js';

function aBatch(of: { partition: number; epoch?: number; oldSeq?: number; events?: readonly string[] }): EvaluationBatch {
  const { partition, epoch = 1, oldSeq = 0, events = [] } = of;
  const columns = { ...emptyEventColumns(), eventId: [...events] };
  const nothing = { userStates: [], unlocks: [], revocations: [], xp: [], outbox: [] };
  return { partition, epoch, oldSeq, newSeq: oldSeq + 1, events: columns, ...nothing };
}

function answers(batches: readonly EvaluationBatch[]): CommittedBatch[] {
  return batches.map(({ partition }) => ({ outbox: [], evidence: [String(partition)] }));
}

/** Notes who was committed with whom, and refuses what it is told to. */
function recording(refuse: (batches: readonly EvaluationBatch[]) => StoreError | null = () => null) {
  const groups: number[][] = [];
  const commitTogether: CommitTogether = async (batches) => {
    groups.push(batches.map(({ partition }) => partition));
    await Promise.resolve();
    const refusal = refuse(batches);
    if (refusal !== null) throw refusal;
    return answers(batches);
  };
  return { groups, committer: new GroupCommitter(commitTogether) };
}

describe('what several partitions have ready', () => {
  it('is committed together, and each gets its own answer', async () => {
    const { groups, committer } = recording();
    const committed = await Promise.all([3, 1, 2].map((partition) => committer.commit(aBatch({ partition }))));
    expect(groups).toEqual([[3, 1, 2]]);
    expect(committed.map(({ evidence }) => evidence)).toEqual([['3'], ['1'], ['2']]);
  });

  it('gathers while a transaction is under way', async () => {
    let release = (): void => undefined;
    const groups: number[][] = [];
    const committer = new GroupCommitter(async (batches) => {
      groups.push(batches.map(({ partition }) => partition));
      if (groups.length === 1) await new Promise<void>((resolve) => (release = resolve));
      return answers(batches);
    });
    const first = committer.commit(aBatch({ partition: 0 }));
    while (groups.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const others = [1, 2].map((partition) => committer.commit(aBatch({ partition })));
    release();
    await Promise.all([first, ...others]);
    expect(groups).toEqual([[0], [1, 2]]);
  });

  it('is committed in several transactions where it is too much for one, first come first served', async () => {
    const { groups, committer } = recording();
    const events = Array.from({ length: COMMIT_ROWS_MAX / 2 }, (_, i) => `e${i}`);
    await Promise.all([0, 1, 2, 3].map((partition) => committer.commit(aBatch({ partition, events }))));
    expect(groups).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});

describe('what is wrong with one of them', () => {
  const refusePoison = (batches: readonly EvaluationBatch[]) =>
    batches.some(({ events }) => events.eventId.includes('poison')) ? new StoreError('invalid_data', 'poison') : null;

  it('is its own misfortune', async () => {
    const { groups, committer } = recording(refusePoison);
    const batches = [aBatch({ partition: 0 }), aBatch({ partition: 1, events: ['poison'] }), aBatch({ partition: 2 })];
    const settled = await Promise.allSettled(batches.map((batch) => committer.commit(batch)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { code: 'invalid_data' } });
    expect(groups).toEqual([[0, 1, 2], [0], [1], [2]]);
  });

  it('keeps it out of the others’ transactions until it is well again', async () => {
    const { groups, committer } = recording(refusePoison);
    await Promise.allSettled([0, 1].map((partition) => committer.commit(aBatch({ partition, events: partition === 1 ? ['poison'] : [] }))));
    groups.length = 0;
    await Promise.all([0, 1, 2].map((partition) => committer.commit(aBatch({ partition }))));
    expect(groups).toEqual([[0, 2], [1]]);
    groups.length = 0;
    await Promise.all([0, 1, 2].map((partition) => committer.commit(aBatch({ partition }))));
    expect(groups).toEqual([[0, 1, 2]]);
  });

  it('is not looked for where nobody knows whether they were committed', async () => {
    const { groups, committer } = recording(() => new StoreError('connection', 'lost'));
    const settled = await Promise.allSettled([0, 1].map((partition) => committer.commit(aBatch({ partition }))));
    expect(settled).toMatchObject([{ reason: { code: 'connection' } }, { reason: { code: 'connection' } }]);
    expect(groups).toEqual([[0, 1]]);
  });
});

/** Partitions with their fences and one table of identities; a transaction is all or nothing. */
class ModelDatabase {
  readonly at = new Map<number, { epoch: number; lastSeq: number }>();
  readonly events = new Map<string, number>();

  commit(batches: readonly EvaluationBatch[]): void {
    const events = new Map<string, number>();
    for (const { partition, epoch, oldSeq, events: columns } of batches) {
      const place = this.at.get(partition);
      if (place === undefined || place.epoch !== epoch || place.lastSeq !== oldSeq) throw new StoreError('fenced', String(partition));
      for (const id of columns.eventId) {
        if (this.events.has(id) || events.has(id)) throw new StoreError('identity_taken', id);
        events.set(id, partition);
      }
    }
    for (const [id, partition] of events) this.events.set(id, partition);
    for (const { partition, epoch, newSeq } of batches) this.at.set(partition, { epoch, lastSeq: newSeq });
  }
}

describe('through any history', () => {
  const PARTITIONS = 4;
  const ENTRIES = 25;

  // What each entry of each partition holds: now and then an event that another partition has as well.
  function entriesOf(random: SeededRandom): string[][][] {
    return Array.from({ length: PARTITIONS }, (_, partition) =>
      Array.from({ length: ENTRIES }, (_, entry) =>
        Array.from({ length: 1 + random.below(3) }, (_, i) => (random.chance(0.1) ? `shared-${entry}` : `${partition}-${entry}-${i}`)),
      ).map((ids) => [...new Set(ids)]),
    );
  }

  /** As a partition does: from its committed position on, without what turned out to be taken. */
  async function follow(
    partition: number,
    of: { entries: string[][]; database: ModelDatabase; committer: GroupCommitter; random: SeededRandom },
  ) {
    const { entries, database, committer, random } = of;
    for (;;) {
      const place = database.at.get(partition);
      if (place === undefined || place.lastSeq >= entries.length) return;
      const events = (entries[place.lastSeq] ?? []).filter((id) => !database.events.has(id));
      await random.turns(2);
      await committer.commit(aBatch({ partition, epoch: place.epoch, oldSeq: place.lastSeq, events })).catch((error: unknown) => {
        if (!(error instanceof StoreError)) throw error;
      });
    }
  }

  it('each event is committed once, and every partition gets to its end', async () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new SeededRandom(seed);
      const database = new ModelDatabase();
      for (let partition = 0; partition < PARTITIONS; partition++) database.at.set(partition, { epoch: 1, lastSeq: 0 });
      const committer = new GroupCommitter(async (batches) => {
        await random.turns(2);
        if (random.chance(0.05)) throw new StoreError(random.chance(0.5) ? 'connection' : 'retryable', 'before');
        if (random.chance(0.03)) {
          const stolen = random.below(PARTITIONS);
          const place = database.at.get(stolen) ?? { epoch: 0, lastSeq: 0 };
          database.at.set(stolen, { ...place, epoch: place.epoch + 1 });
        }
        database.commit(batches);
        if (random.chance(0.05)) throw new StoreError('connection', 'after');
        return answers(batches);
      });
      const all = entriesOf(random);
      await Promise.all(all.map((entries, partition) => follow(partition, { entries, database, committer, random })));
      expect(new Set(database.events.keys()), `seed ${seed}`).toEqual(new Set(all.flat(2)));
      expect(
        [...database.at.values()].map(({ lastSeq }) => lastSeq),
        `seed ${seed}`,
      ).toEqual(all.map(() => ENTRIES));
    }
  });
});
