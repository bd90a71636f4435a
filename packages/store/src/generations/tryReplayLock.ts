import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** Whether this connection is now the only one that rebuilds: until it gives the lock back, or closes. */
export async function tryReplayLock(client: Queryable, { generation }: GenerationNames): Promise<boolean> {
  const [row] = await runQuery<{ locked: boolean }>(client, {
    text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    values: [`cairn ${generation}`],
  });
  return row?.locked === true;
}

export async function giveBackReplayLock(client: Queryable, { generation }: GenerationNames): Promise<void> {
  await runQuery(client, { text: 'SELECT pg_advisory_unlock(hashtextextended($1, 0))', values: [`cairn ${generation}`] });
}
