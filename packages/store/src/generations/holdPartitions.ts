import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/**
 * Holds every partition of the live generation where it stands, until the caller's transaction ends: a commit that is under way is
 * waited for, the next one waits. Answers where they stand.
 */
export async function holdPartitions(client: Queryable, { live }: GenerationNames): Promise<ReadonlyMap<number, number>> {
  const rows = await runQuery<{ partition: number; lastSeq: number }>(client, {
    text: `SELECT partition, last_seq AS "lastSeq" FROM ${live}.partitions ORDER BY partition FOR UPDATE`,
  });
  return new Map(rows.map(({ partition, lastSeq }) => [partition, lastSeq]));
}
