import type pg from 'pg';
import { connectWithPlans, type PipelineOptions } from './connectWithPlans.js';
import { prepareHot } from './prepareHot.js';
import { toStoreError } from './toStoreError.js';

/** All that a batch of plain events is written to. */
const TABLES = ['partitions', 'events', 'user_state', 'unlocks', 'xp_entries', 'outbox'];
/** No owner ever gets so far: whatever were written beside the temporary tables, the fence would refuse. */
export const REHEARSAL_EPOCH = Number.MAX_SAFE_INTEGER;

/**
 * A connection like that of `openPipeline`, on which the same batches are committed to temporary tables of their own: nobody else sees
 * them, nothing of them is logged or synced, and they go with the connection. Every partition of it stands at 0, in the epoch of rehearsals.
 */
export async function openRehearsal(options: PipelineOptions & { partitions: number }): Promise<pg.Client> {
  const connection = await connectWithPlans(options);
  try {
    // Before anything is prepared: statements find the tables by their names, and temporary ones first.
    for (const table of TABLES) await connection.query(`CREATE TEMPORARY TABLE ${table} (LIKE ${table} INCLUDING ALL)`);
    await connection.query({
      text: 'INSERT INTO pg_temp.partitions (partition, last_seq, epoch) SELECT generate_series(0, $1::int4 - 1), 0, $2::int8',
      values: [options.partitions, REHEARSAL_EPOCH],
    });
    await prepareHot(connection);
    return connection;
  } catch (error) {
    await connection.end();
    throw toStoreError(error);
  }
}
