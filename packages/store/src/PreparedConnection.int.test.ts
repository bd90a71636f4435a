import { eventually } from '@cairn/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findIdentities } from './operations/findIdentities.js';
import { PreparedConnection } from './PreparedConnection.js';
import { useTestStore } from './testing/useTestStore.js';

const NAME = 'store-test-prepared';

const store = useTestStore('once');
let lost: Error[] = [];
let prepared: PreparedConnection;

beforeAll(async () => {
  prepared = new PreparedConnection({ url: store.url, applicationName: NAME, onError: (error) => lost.push(error) });
});

afterAll(async () => {
  await prepared.close();
});

describe('PreparedConnection', () => {
  it('is there before the first statement where it was opened ahead', async () => {
    await prepared.open();
    expect(await store.count(`pg_stat_activity WHERE application_name = '${NAME}'`)).toBe(1);
  });

  it('runs statements that are under way at once, the same one among them, over one connection', async () => {
    const [one, two, other] = await Promise.all([
      prepared.query<{ n: number }>({ text: 'SELECT $1::int4 AS n', values: [1] }),
      prepared.query<{ n: number }>({ text: 'SELECT $1::int4 AS n', values: [2] }),
      prepared.query<{ n: number }>({ text: 'SELECT $1::int4 + 1 AS n', values: [2] }),
    ]);
    expect([one, two, other].map(({ rows }) => rows)).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]]);
    expect(await store.count(`pg_stat_activity WHERE application_name = '${NAME}'`)).toBe(1);
  });

  it('answers on after a statement that failed', async () => {
    const divide = 'SELECT 6 / $1::int4 AS n';
    const [failed, behind] = await Promise.allSettled([
      prepared.query({ text: divide, values: [0] }),
      prepared.query<{ n: number }>({ text: divide, values: [3] }),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'invalid_data' } });
    expect(behind).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: 2 }] } });
  });

  it('looks identities up', async () => {
    const hash = '00000000-0000-0000-0000-000000000001';
    const nothing = { tenantKey: 1, eventIdHashes: [hash], keyHashes: [null], fingerprints: [null] };
    expect(await findIdentities(prepared, nothing)).toEqual([]);
  });

  it('connects anew after its connection was lost', async () => {
    lost = [];
    const cut = new pg.Client({ connectionString: store.url });
    await cut.connect();
    await cut.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [NAME]);
    await cut.end();
    await eventually(() => expect(lost).toHaveLength(1));
    expect((await prepared.query({ text: 'SELECT 1 AS n' })).rows).toEqual([{ n: 1 }]);
  });

  it('rejects with `connection` where there is no server', async () => {
    const nowhere = new PreparedConnection({
      url: 'postgres://x@127.0.0.1:1/x',
      applicationName: NAME,
      onError: (error) => lost.push(error),
    });
    await expect(nowhere.open()).rejects.toMatchObject({ name: 'StoreError', code: 'connection' });
    await expect(nowhere.query({ text: 'SELECT 1' })).rejects.toMatchObject({ name: 'StoreError', code: 'connection' });
    await nowhere.close();
  });
});
