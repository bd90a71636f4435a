import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { useTestStore } from '../testing/useTestStore.js';
import { isErasureUnderWay } from './isErasureUnderWay.js';
import { requestErasure } from './requestErasure.js';

const store = useTestStore('before each test');

it('does not miss an erasure that is being asked for while it is looked for', async () => {
  const { pool, tenantKey } = store;
  expect(await isErasureUnderWay(pool, { tenantKey })).toBe(false);
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await requestErasure(client, { erasureId: randomUUID(), tenantKey, userId: 'ada', actor: 'test', reason: 'asked for' });
    const looked = isErasureUnderWay(pool, { tenantKey });
    await store.waitForLock();
    await client.query('COMMIT');
    expect(await looked).toBe(true);
  } finally {
    client.release();
  }
});
