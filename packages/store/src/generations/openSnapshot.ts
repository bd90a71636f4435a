import type pg from 'pg';
import { runCommand } from '../runQuery.js';
import { toStoreError } from '../toStoreError.js';

/** The database as it stands at the first statement, however long one looks at it. */
export interface Snapshot {
  client: pg.PoolClient;
  close(): Promise<void>;
}

export async function openSnapshot(pool: pg.Pool): Promise<Snapshot> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toStoreError(error);
  });
  let broken: Error | undefined;
  const noteBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', noteBroken);
  const close = async (): Promise<void> => {
    await client.query('ROLLBACK').catch(noteBroken);
    client.off('error', noteBroken);
    client.release(broken);
  };
  try {
    await runCommand(client, { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' });
    await runCommand(client, { text: 'SET LOCAL statement_timeout = 0' });
    return { client, close };
  } catch (error) {
    await close();
    throw error;
  }
}
