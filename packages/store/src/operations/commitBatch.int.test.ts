import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assertCommitted } from '../assertCommitted.js';
import { BATCH_ROWS_MAX } from '../hot/EvaluationBatch.js';
import { batchOf, eventColumns, hashOf, NOON, unlockRow, xpRow } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { acquirePartitions } from './acquirePartitions.js';
import { commitBatch } from './commitBatch.js';
import { existingUnlocks } from './existingUnlocks.js';
import { partitionPositions } from './partitionPositions.js';
import { readUserState } from './readUserState.js';
import { takeOutbox } from './takeOutbox.js';

const store = useTestStore('before each test');

async function lastSeq(): Promise<number | undefined> {
  const positions = await partitionPositions(store.pool);
  return positions[0]?.lastSeq;
}

async function rowsInAll(): Promise<number[]> {
  return Promise.all(['events', 'user_state', 'unlocks', 'xp_entries', 'outbox'].map((table) => store.count(table)));
}

/** One event of Ada's with all that can follow from it. */
function fullBatch(at: { oldSeq: number; newSeq: number; eventId: string; slug?: string }) {
  const { tenantKey, ada } = store;
  return batchOf({
    oldSeq: at.oldSeq,
    newSeq: at.newSeq,
    events: eventColumns([{ tenantKey, userKey: ada, eventId: at.eventId, logSeq: at.newSeq }]),
    userStates: [{ tenantKey, userKey: ada, state: Buffer.from(at.eventId) }],
    unlocks: [unlockRow({ tenantKey, userKey: ada, slug: at.slug ?? at.eventId, logSeq: at.newSeq })],
    xp: [xpRow({ tenantKey, userKey: ada, amount: 50 })],
    outbox: [{ subject: 'events.achievement.unlocked', msgId: at.eventId, headers: null, payload: Buffer.from('{}') }],
  });
}

describe('a batch', () => {
  it('is written whole, and moves the position', async () => {
    const pipeline = await store.pipeline();
    const { outbox } = await commitBatch(pipeline, fullBatch({ oldSeq: 0, newSeq: 7, eventId: 'e1' }));
    expect(await rowsInAll()).toEqual([1, 1, 1, 1, 1]);
    expect(await lastSeq()).toBe(7);
    expect(await readUserState(store.pool, { tenantKey: store.tenantKey, userId: 'ada' })).toEqual({
      userKey: store.ada,
      state: Buffer.from('e1'),
      lastSeq: 7,
    });
    const left = await takeOutbox(store.pool, { limit: 10, olderThanSeconds: 0 });
    expect(outbox).toEqual(left.map(({ id, payload }) => ({ id, payload })));
  });

  it('that holds nothing still moves the position', async () => {
    const pipeline = await store.pipeline();
    expect(await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 3 }))).toEqual({ outbox: [], evidence: [] });
    expect(await lastSeq()).toBe(3);
  });

  it('keeps every column of an event', async () => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada, ben } = store;
    const events = eventColumns([
      { tenantKey, userKey: ada, eventId: 'e1', logSeq: 5, logIndex: 2, key: 'k', fingerprint: 'f', payload: 'p', matched: [4, 9] },
      { tenantKey, userKey: ben, eventId: 'ü"\\', logSeq: 6, occurredAt: -1 },
    ]);
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 6, events }));
    const { rows } = await store.pool.query(
      `SELECT event_id, user_key, log_seq, log_index, occurred_at, matched, event_id_hash = $1 AS id, key_hash = $2 AS key,
              fingerprint = $3 AS print, payload_hash = $4 AS payload FROM events ORDER BY log_seq`,
      ['e1', 'k', 'f', 'p'].map((text) => hashOf(text).toString('hex')),
    );
    expect(rows).toEqual([
      {
        ...{ event_id: 'e1', user_key: ada, log_seq: 5, log_index: 2, occurred_at: NOON, matched: [4, 9] },
        ...{ id: true, key: true, print: true, payload: true },
      },
      {
        ...{ event_id: 'ü"\\', user_key: ben, log_seq: 6, log_index: 0, occurred_at: -1, matched: null },
        ...{ id: false, key: null, print: null, payload: false },
      },
    ]);
  });

  it('of more rows than its bound is not sent', async () => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada } = store;
    const xp = new Array(BATCH_ROWS_MAX + 1).fill(xpRow({ tenantKey, userKey: ada, amount: 1 }));
    await expect(commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, xp }))).rejects.toMatchObject({ code: 'batch_too_large' });
    expect(await lastSeq()).toBe(0);
  });

  it('whose event columns differ in length is not sent', async () => {
    const pipeline = await store.pipeline();
    const batch = fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' });
    batch.events.matched.pop();
    await expect(commitBatch(pipeline, batch)).rejects.toThrow(RangeError);
    expect(await lastSeq()).toBe(0);
  });
});

describe('the fence', () => {
  it('stops who committed from another position', async () => {
    const pipeline = await store.pipeline();
    await expect(commitBatch(pipeline, fullBatch({ oldSeq: 3, newSeq: 7, eventId: 'e1' }))).rejects.toMatchObject({ code: 'fenced' });
    expect(await rowsInAll()).toEqual([0, 0, 0, 0, 0]);
  });

  it('stops the last owner as soon as there is a new one', async () => {
    const pipeline = await store.pipeline();
    await commitBatch(pipeline, fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' }));
    await store.pool.query(`UPDATE partitions SET lease_until = now() - interval '1 second'`);
    const [taken] = await acquirePartitions(store.pool, { owner: 'other', want: 1, leaseSeconds: 60 });
    expect(taken).toEqual({ partition: 0, epoch: 2, lastSeq: 1 });
    await expect(commitBatch(pipeline, fullBatch({ oldSeq: 1, newSeq: 2, eventId: 'e2' }))).rejects.toMatchObject({ code: 'fenced' });
    await commitBatch(pipeline, { ...fullBatch({ oldSeq: 1, newSeq: 2, eventId: 'e2' }), epoch: 2 });
    expect(await lastSeq()).toBe(2);
  });

  it('stops a redelivery of what was committed', async () => {
    const pipeline = await store.pipeline();
    const batch = fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' });
    await commitBatch(pipeline, batch);
    await expect(commitBatch(pipeline, batch)).rejects.toMatchObject({ code: 'fenced' });
    expect(await rowsInAll()).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('an identity that exists', () => {
  it.each([
    ['event id', { eventId: 'known' }],
    ['idempotency key', { eventId: 'new', key: 'known-key' }],
    ['fingerprint', { eventId: 'new', fingerprint: 'known-print' }],
  ])('as %s fails the whole batch', async (_, identity) => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada, ben } = store;
    const known = [{ tenantKey, userKey: ada, eventId: 'known', key: 'known-key', fingerprint: 'known-print', logSeq: 1 }];
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, events: eventColumns(known) }));
    const batch = fullBatch({ oldSeq: 1, newSeq: 2, eventId: 'other' });
    batch.events = eventColumns([
      { tenantKey, userKey: ben, eventId: 'fresh', logSeq: 2 },
      { tenantKey, userKey: ben, logSeq: 2, ...identity },
    ]);
    await expect(commitBatch(pipeline, batch)).rejects.toMatchObject({ code: 'identity_taken' });
    expect(await rowsInAll()).toEqual([1, 0, 0, 0, 0]);
    expect(await lastSeq()).toBe(1);
  });

  it('is taken by one of two partitions that commit it at the same moment', async () => {
    const { tenantKey, ada, ben } = store;
    const pipelines = [await store.pipeline(), await store.pipeline()];
    const sent = pipelines.map((pipeline, partition) => {
      const events = eventColumns([{ tenantKey, userKey: partition === 0 ? ada : ben, eventId: 'same', logSeq: 1 }]);
      return commitBatch(pipeline, batchOf({ partition, oldSeq: 0, newSeq: 1, events }));
    });
    const settled = await Promise.allSettled(sent);
    const outcomes = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'committed'));
    expect(outcomes.sort()).toEqual(['committed', 'identity_taken']);
    expect(await store.count('events')).toBe(1);
  });

  it('in another tenant is another one', async () => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada } = store;
    const events = [tenantKey, tenantKey + 1].map((tenant) => ({
      ...{ tenantKey: tenant, userKey: ada, eventId: 'same', key: 'same', fingerprint: 'same', logSeq: 1 },
    }));
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, events: eventColumns(events) }));
    expect(await store.count('events')).toBe(2);
  });
});

describe('an unlock that exists', () => {
  it.each([
    ['is the only one of its batch', 0],
    ['is one of several', 2],
  ])('and %s fails the whole batch', async (_, others) => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada } = store;
    await commitBatch(pipeline, fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1', slug: 'taken' }));
    const batch = fullBatch({ oldSeq: 1, newSeq: 2, eventId: 'e2', slug: 'taken' });
    batch.unlocks = [
      ...batch.unlocks,
      ...Array.from({ length: others }, (__, i) => unlockRow({ tenantKey, userKey: ada, slug: `new-${i}` })),
    ];
    await expect(commitBatch(pipeline, batch)).rejects.toMatchObject({ code: 'unlock_taken' });
    expect(await rowsInAll()).toEqual([1, 1, 1, 1, 1]);
  });

  it('under another level, period or user is another one', async () => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada, ben } = store;
    const unlocks = [
      unlockRow({ tenantKey, userKey: ada, slug: 's' }),
      unlockRow({ tenantKey, userKey: ada, slug: 's', level: 'gold' }),
      unlockRow({ tenantKey, userKey: ada, slug: 's', period: '2026-04' }),
      unlockRow({ tenantKey, userKey: ben, slug: 's' }),
    ];
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, unlocks }));
    const existing = await existingUnlocks(store.pool, { tenantKey, userKeys: [ada] });
    expect(new Set(existing.map(({ level, period }) => `${level} ${period}`))).toEqual(new Set(['null null', 'gold null', 'null 2026-04']));
  });

  it('with the same unlock id under another key fails the batch, too', async () => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada } = store;
    const unlockId = randomUUID();
    const unlocks = ['a', 'b'].map((slug) => unlockRow({ tenantKey, userKey: ada, slug, unlockId }));
    await expect(commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, unlocks }))).rejects.toMatchObject({ code: 'unlock_taken' });
  });
});

describe('a revocation', () => {
  it('marks the unlock, and a later one restores it', async () => {
    const pipeline = await store.pipeline();
    const { tenantKey, ada } = store;
    const unlock = unlockRow({ tenantKey, userKey: ada, slug: 's' });
    const revocation = { tenantKey, unlockId: unlock.unlockId, revokedAt: NOON, revokedReason: 'by mistake' };
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, unlocks: [unlock], revocations: [revocation] }));
    const query = { tenantKey, userKeys: [ada] };
    expect(await existingUnlocks(store.pool, query)).toMatchObject([{ slug: 's', revokedAt: NOON }]);
    const restoration = { ...revocation, revokedAt: null, revokedReason: null };
    await commitBatch(pipeline, batchOf({ oldSeq: 1, newSeq: 2, revocations: [restoration] }));
    expect(await existingUnlocks(store.pool, query)).toMatchObject([{ slug: 's', revokedAt: null }]);
  });

  it('of an unlock that does not exist fails the batch', async () => {
    const pipeline = await store.pipeline();
    const revocations = [{ tenantKey: store.tenantKey, unlockId: randomUUID(), revokedAt: NOON, revokedReason: null }];
    await expect(commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, revocations }))).rejects.toMatchObject({ code: 'unlock_missing' });
    expect(await lastSeq()).toBe(0);
  });
});

describe('a ledger entry that exists', () => {
  it('fails the whole batch', async () => {
    const pipeline = await store.pipeline();
    const xp = [xpRow({ tenantKey: store.tenantKey, userKey: store.ada, amount: 1 })];
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1, xp }));
    await expect(commitBatch(pipeline, batchOf({ oldSeq: 1, newSeq: 2, xp }))).rejects.toMatchObject({ code: 'xp_taken' });
    expect(await lastSeq()).toBe(1);
  });
});

describe('a pipeline', () => {
  it('takes a second batch before the first is answered', async () => {
    const pipeline = await store.pipeline();
    const sent = [1, 2, 3].map((seq) => commitBatch(pipeline, fullBatch({ oldSeq: seq - 1, newSeq: seq, eventId: `e${seq}` })));
    await Promise.all(sent);
    expect(await lastSeq()).toBe(3);
    expect(await store.count('unlocks')).toBe(3);
  });

  it('fences off the batches behind one that fails, and is as good as new afterwards', async () => {
    const pipeline = await store.pipeline();
    const first = fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' });
    first.xp = [...first.xp, ...first.xp];
    const sent = [first, fullBatch({ oldSeq: 1, newSeq: 2, eventId: 'e2' }), fullBatch({ oldSeq: 2, newSeq: 3, eventId: 'e3' })];
    const settled = await Promise.allSettled(sent.map((batch) => commitBatch(pipeline, batch)));
    expect(settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.status))).toEqual([
      'xp_taken',
      'fenced',
      'fenced',
    ]);
    expect(await rowsInAll()).toEqual([0, 0, 0, 0, 0]);
    await commitBatch(pipeline, fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' }));
    expect(await rowsInAll()).toEqual([1, 1, 1, 1, 1]);
  });

  it('says so when a value cannot be held, and writes nothing', async () => {
    const pipeline = await store.pipeline();
    const batch = fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' });
    batch.unlocks = [unlockRow({ tenantKey: store.tenantKey, userKey: store.ada, slug: 's', message: 'a\u0000b' })];
    await expect(commitBatch(pipeline, batch)).rejects.toMatchObject({ code: 'invalid_data' });
    expect(await rowsInAll()).toEqual([0, 0, 0, 0, 0]);
  });

  it('that loses its connection rejects all that is under way, and reports it once', async () => {
    const lost: Error[] = [];
    const pipeline = await store.pipeline((error) => lost.push(error));
    const pid = (await pipeline.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    const lock = await store.pool.connect();
    await lock.query('BEGIN; SELECT * FROM partitions FOR UPDATE');
    const sent = [1, 2].map((seq) => commitBatch(pipeline, fullBatch({ oldSeq: seq - 1, newSeq: seq, eventId: `e${seq}` })));
    const settled = Promise.allSettled(sent);
    await store.pool.query('SELECT pg_terminate_backend($1)', [pid]);
    expect((await settled).map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.status))).toEqual([
      'connection',
      'connection',
    ]);
    expect(lost).toHaveLength(1);
    await lock.query('ROLLBACK');
    lock.release();
    await expect(commitBatch(pipeline, fullBatch({ oldSeq: 0, newSeq: 1, eventId: 'e1' }))).rejects.toMatchObject({ code: 'connection' });
    expect(await rowsInAll()).toEqual([0, 0, 0, 0, 0]);
  });

  it('does not take ROLLBACK for an answer to COMMIT', async () => {
    const pipeline = await store.pipeline();
    const answers = ['BEGIN', 'SELECT 1/0', 'COMMIT'].map((text) => pipeline.query(text));
    const [, failed, commit] = await Promise.allSettled(answers);
    expect(failed?.status).toBe('rejected');
    if (commit?.status !== 'fulfilled') throw new Error('PostgreSQL answers this COMMIT without an error');
    expect(() => {
      assertCommitted(commit.value);
    }).toThrow(expect.objectContaining({ code: 'not_committed' }));
  });
});
