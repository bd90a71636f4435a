import type pg from 'pg';
import { assertCommitted } from './assertCommitted.js';
import { isPool, type Queryable } from './Queryable.js';
import { toStoreError } from './toStoreError.js';

/**
 * Runs `work` in a transaction: of its own where given the pool, in the caller's where given a client.
 * A connection that broke or could not even roll back is thrown away.
 */
export async function inTransaction<T>(db: Queryable, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  if (!isPool(db)) return work(db);
  const client = await db.connect().catch((error: unknown) => {
    throw toStoreError(error);
  });
  let broken: Error | undefined;
  const noteBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', noteBroken);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    assertCommitted(await client.query('COMMIT'));
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(noteBroken);
    throw toStoreError(error);
  } finally {
    client.off('error', noteBroken);
    client.release(broken);
  }
}
