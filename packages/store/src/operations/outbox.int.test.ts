import { beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../inTransaction.js';
import { batchOf } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';
import { deleteOutbox } from './deleteOutbox.js';
import { sweepOutbox } from './sweepOutbox.js';
import { takeOutbox } from './takeOutbox.js';

const store = useTestStore('before each test');
let ids: number[];

beforeEach(async () => {
  const pipeline = await store.pipeline();
  const outbox = [1, 2, 3].map((n) => ({ subject: `s.${n}`, msgId: `m${n}`, headers: null, payload: Buffer.from([n]) }));
  const first = await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, outbox }));
  const second = await commitBatch(pipeline, batchOf({ partition: 1, oldSeq: 0, newSeq: 1, outbox: outbox.slice(0, 1) }));
  ids = [...first.outbox, ...second.outbox].map(({ id }) => id);
});

const ALL = { limit: 10, olderThanSeconds: 0 };

describe('takeOutbox', () => {
  it('gives what lies there, oldest first', async () => {
    const taken = await takeOutbox(store.pool, { ...ALL, limit: 3 });
    expect(taken.map(({ id, subject, payload }) => [id, subject, payload[0]])).toEqual([
      [ids[0], 's.1', 1],
      [ids[1], 's.2', 2],
      [ids[2], 's.3', 3],
    ]);
  });

  it('can be asked for one partition', async () => {
    expect((await takeOutbox(store.pool, { ...ALL, partition: 1 })).map(({ id }) => id)).toEqual([ids[3]]);
  });

  it('leaves what is still in the hands of its relay', async () => {
    expect(await takeOutbox(store.pool, { ...ALL, olderThanSeconds: 60 })).toEqual([]);
  });

  it('steps over what another sweep holds', async () => {
    await inTransaction(store.pool, async (client) => {
      const held = await takeOutbox(client, { ...ALL, limit: 2 });
      expect(held).toHaveLength(2);
      expect((await takeOutbox(store.pool, ALL)).map(({ id }) => id)).toEqual(ids.slice(2));
    });
  });
});

describe('deleteOutbox', () => {
  it('deletes by id, and says how many were there', async () => {
    expect(await deleteOutbox(store.pool, ids.slice(0, 2))).toBe(2);
    expect(await deleteOutbox(store.pool, ids)).toBe(2);
    expect(await deleteOutbox(store.pool, [])).toBe(0);
  });
});

describe('sweepOutbox', () => {
  it('deletes what was acknowledged and keeps the rest', async () => {
    const taken = await sweepOutbox(store.pool, ALL, (messages) => Promise.resolve(messages.slice(1).map(({ id }) => id)));
    expect(taken).toBe(4);
    expect((await takeOutbox(store.pool, ALL)).map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('keeps everything where publishing fails', async () => {
    const failing = sweepOutbox(store.pool, ALL, () => Promise.reject(new Error('no broker')));
    await expect(failing).rejects.toThrow('no broker');
    expect(await takeOutbox(store.pool, ALL)).toHaveLength(4);
  });
});
