import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** Gives partitions back at once; those that are somebody else's by now are left alone. */
export async function releasePartitions(db: Queryable, release: { owner: string; partitions: readonly number[] }): Promise<void> {
  await runCommand(db, {
    text: 'UPDATE partitions SET owner = NULL, lease_until = NULL WHERE owner = $1 AND partition = ANY ($2::int4[])',
    values: [release.owner, release.partitions],
  });
}
