import { expect, it } from 'vitest';
import { batchOf, eventColumns, unlockRow, xpRow } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatches } from './commitBatch.js';
import { partitionPositions } from './partitionPositions.js';
import { takeOutbox } from './takeOutbox.js';

const store = useTestStore('before each test');

async function positions(): Promise<number[]> {
  return (await partitionPositions(store.pool)).sort((a, b) => a.partition - b.partition).map(({ lastSeq }) => lastSeq);
}

/** One event of a user, and two unlocks that follow from it and tell of their evidence. */
function batchOfUser(partition: number, of: { userKey: number; name: string; epoch?: number; oldSeq?: number; filler?: string }) {
  const { userKey, name, epoch = 1, oldSeq = 0, filler = '' } = of;
  const { tenantKey } = store;
  const newSeq = 10 + partition;
  const unlocks = ['a', 'b'].map((slug) =>
    unlockRow({ tenantKey, userKey, slug: `${name}-${slug}`, logSeq: newSeq, evidence: [`${name}-${slug}`] }),
  );
  return batchOf({
    ...{ partition, epoch, oldSeq, newSeq, unlocks },
    events: eventColumns([{ tenantKey, userKey, eventId: name, logSeq: newSeq }]),
    userStates: [{ tenantKey, userKey, state: Buffer.from(name) }],
    xp: [xpRow({ tenantKey, userKey, amount: 50 })],
    outbox: unlocks.map((_, unlock) => ({
      subject: 'events.achievement.unlocked',
      msgId: `${name}-${unlock}`,
      headers: null,
      payload: { before: `{"name":"${name}${filler}","evidence":`, unlock, after: '}' },
    })),
  });
}

it.each([
  ['in one write', ''],
  ['that are too large for one write', 'x'.repeat(100_000)],
])('commits batches of several partitions %s, and answers each its own', async (_, filler) => {
  const pipeline = await store.pipeline();
  const batches = [
    batchOfUser(2, { userKey: store.ben, name: 'ben', filler }),
    batchOfUser(0, { userKey: store.ada, name: 'ada', filler }),
  ];
  const committed = await commitBatches(pipeline, batches);
  expect((await positions()).slice(0, 3)).toEqual([10, 0, 12]);
  expect(committed.map(({ evidence }) => evidence)).toEqual([
    ['["ben-a"]', '["ben-b"]'],
    ['["ada-a"]', '["ada-b"]'],
  ]);
  const told = committed.flatMap(({ outbox }) => outbox.map(({ payload }) => payload.toString()));
  expect(told).toEqual(['ben-a', 'ben-b', 'ada-a', 'ada-b'].map((one) => `{"name":"${one.slice(0, 3)}${filler}","evidence":["${one}"]}`));
  const rows = await takeOutbox(store.pool, { limit: 10, olderThanSeconds: 0 });
  expect(committed.flatMap(({ outbox }) => outbox)).toEqual(rows.map(({ id, payload }) => ({ id, payload })));
  expect(rows.map(({ partition }) => partition)).toEqual([2, 2, 0, 0]);
  const states = await store.pool.query(`SELECT convert_from(state, 'UTF8') AS name, last_seq FROM user_state ORDER BY name`);
  expect(states.rows).toEqual([
    { name: 'ada', last_seq: 10 },
    { name: 'ben', last_seq: 12 },
  ]);
});

it('writes nothing of any of them where one is fenced', async () => {
  const pipeline = await store.pipeline();
  const batches = [batchOfUser(0, { userKey: store.ada, name: 'ada' }), batchOfUser(1, { userKey: store.ben, name: 'ben', epoch: 7 })];
  await expect(commitBatches(pipeline, batches)).rejects.toMatchObject({ code: 'fenced' });
  expect(await store.count('events')).toBe(0);
  expect((await positions()).slice(0, 2)).toEqual([0, 0]);
});

it('writes nothing of any of them where two hold the same event', async () => {
  const pipeline = await store.pipeline();
  const batches = [batchOfUser(0, { userKey: store.ada, name: 'same' }), batchOfUser(1, { userKey: store.ben, name: 'same' })];
  await expect(commitBatches(pipeline, batches)).rejects.toMatchObject({ code: 'identity_taken' });
  expect(await store.count('events')).toBe(0);
});

it('leaves the connection as good as new after a failure', async () => {
  const pipeline = await store.pipeline();
  const [ada, ben] = [batchOfUser(0, { userKey: store.ada, name: 'ada' }), batchOfUser(1, { userKey: store.ben, name: 'ben' })];
  const sent = [commitBatches(pipeline, [ada, ada]), commitBatches(pipeline, [ada, ben])];
  const settled = await Promise.allSettled(sent);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect((await positions()).slice(0, 2)).toEqual([10, 11]);
});
