import { describe, expect, it } from 'vitest';
import { batchOf } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';
import { ensureTenant } from './ensureTenant.js';
import { loadUsers } from './loadUsers.js';
import { readUserState } from './readUserState.js';

const store = useTestStore('once');

async function readUserKey(userId: string): Promise<{ user_key: number }[]> {
  return (await store.pool.query<{ user_key: number }>('SELECT user_key FROM users WHERE user_id = $1', [userId])).rows;
}

describe('loadUsers', () => {
  it('makes who is not there, once, and answers in the order asked', async () => {
    const userIds = ['new-b', 'ada', 'new-a', 'new-b'];
    const loaded = await loadUsers(store.pool, { tenantKey: store.tenantKey, userIds });
    expect(loaded.map(({ userId }) => userId)).toEqual(userIds);
    expect(loaded[1]).toEqual({ userId: 'ada', userKey: store.ada, state: null, lastSeq: null });
    expect(loaded[3]).toEqual(loaded[0]);
    expect(await loadUsers(store.pool, { tenantKey: store.tenantKey, userIds })).toEqual(loaded);
  });

  it('tells ids apart byte for byte', async () => {
    const userIds = ['x', 'X', 'x ', 'é', 'e\u0301', '"x"', '{x}', 'NULL', "x'; --"];
    const loaded = await loadUsers(store.pool, { tenantKey: store.tenantKey, userIds });
    expect(new Set(loaded.map(({ userKey }) => userKey)).size).toBe(userIds.length);
  });

  it('keeps tenants apart', async () => {
    const other = await ensureTenant(store.pool, 'other');
    const [theirs] = await loadUsers(store.pool, { tenantKey: other.tenantKey, userIds: ['ada'] });
    expect(theirs?.userKey).not.toBe(store.ada);
    expect(await readUserState(store.pool, { tenantKey: other.tenantKey, userId: 'ben' })).toBeNull();
  });

  it('brings the state along', async () => {
    const state = Buffer.from([0, 1, 2, 255]);
    const pipeline = await store.pipeline();
    const userStates = [{ tenantKey: store.tenantKey, userKey: store.ben, state }];
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 4, userStates }));
    const loaded = await loadUsers(store.pool, { tenantKey: store.tenantKey, userIds: ['ben'] });
    expect(loaded).toEqual([{ userId: 'ben', userKey: store.ben, state, lastSeq: 4 }]);
    expect(await readUserState(store.pool, { tenantKey: store.tenantKey, userId: 'ben' })).toEqual({
      userKey: store.ben,
      state,
      lastSeq: 4,
    });
  });

  it('finds who is there and makes nobody for an owner of before', async () => {
    const { rows } = await store.pool.query<{ partition: number; epoch: number }>('SELECT partition, epoch FROM partitions LIMIT 1');
    const [by] = rows;
    if (by === undefined) throw new Error('there is no partition');
    const of = { tenantKey: store.tenantKey, userIds: ['ada', 'late'] };
    await expect(loadUsers(store.pool, { ...of, by: { ...by, epoch: by.epoch - 1 } })).rejects.toMatchObject({ code: 'retryable' });
    expect((await loadUsers(store.pool, { ...of, userIds: ['ada'], by: { ...by, epoch: by.epoch - 1 } }))[0]?.userKey).toBe(store.ada);
    expect(await readUserKey('late')).toEqual([]);
    expect(await loadUsers(store.pool, { ...of, by })).toMatchObject([{ userId: 'ada' }, { userId: 'late' }]);
  });

  it('finds whom somebody else makes at the same moment', async () => {
    const meanwhile = await store.pool.connect();
    await meanwhile.query('BEGIN');
    await meanwhile.query(`INSERT INTO users (tenant_key, user_id) VALUES ($1, 'raced')`, [store.tenantKey]);
    const loading = loadUsers(store.pool, { tenantKey: store.tenantKey, userIds: ['raced', 'not-raced'] });
    await store.waitForLock();
    await meanwhile.query('COMMIT');
    meanwhile.release();
    expect((await loading).map(({ userId }) => userId)).toEqual(['raced', 'not-raced']);
    expect(await store.count(`users WHERE user_id = 'raced'`)).toBe(1);
  });

  it('loads nobody where nobody is asked for', async () => {
    expect(await loadUsers(store.pool, { tenantKey: store.tenantKey, userIds: [] })).toEqual([]);
  });
});
