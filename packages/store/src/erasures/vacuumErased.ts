import type { Queryable } from '../Queryable.js';
import { isPool } from '../Queryable.js';
import { toStoreError } from '../toStoreError.js';

/** Where a user leaves rows behind. */
const TABLES = [
  'users',
  'user_state',
  'events',
  'unlocks',
  'xp_entries',
  'progress',
  'outbox',
  'audit',
  'user_aliases',
  'erasures',
] as const;

/** Lets PostgreSQL clear away the versions of rows that nobody sees any more. */
export async function vacuumErased(db: Queryable): Promise<void> {
  if (!isPool(db)) throw new TypeError('VACUUM runs outside of transactions');
  const client = await db.connect().catch((error: unknown) => {
    throw toStoreError(error);
  });
  let failed: unknown;
  try {
    await client.query('SET statement_timeout = 0');
    for (const table of TABLES) await client.query(`VACUUM ${table}`);
  } catch (error) {
    failed = error;
    throw toStoreError(error);
  } finally {
    // With its settings.
    client.release(failed instanceof Error ? failed : true);
  }
}
