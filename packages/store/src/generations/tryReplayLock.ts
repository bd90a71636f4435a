import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** Whether this connection is now the only one that rebuilds: until it closes. */
export async function tryReplayLock(client: Queryable, { generation }: GenerationNames): Promise<boolean> {
  const [row] = await runQuery<{ locked: boolean }>(client, {
    text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    values: [`cairn ${generation}`],
  });
  return row?.locked === true;
}
