import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface AcquireOptions {
  /** Unique to a run of a process: whoever comes back under the same name is taken for the same. */
  owner: string;
  /** How many to own in all. What is owned beyond it is kept; give it back with `releasePartitions`. */
  want: number;
  leaseSeconds: number;
}

export interface OwnedPartition {
  partition: number;
  epoch: number;
  lastSeq: number;
}

/**
 * Renews the leases of `owner` and takes free or expired partitions up to `want`, each under a new epoch, so that whatever
 * its last owner still has under way is fenced off. A partition in the middle of a commit is left for the next call. Rows are locked
 * in key order, as a commit locks them: in another order the two would end up waiting for each other.
 * Returns all that `owner` owns now.
 */
export async function acquirePartitions(db: Queryable, options: AcquireOptions): Promise<OwnedPartition[]> {
  return runQuery<OwnedPartition>(db, {
    text: `
      WITH owned AS MATERIALIZED (
        SELECT partition FROM partitions WHERE owner = $1 ORDER BY partition FOR NO KEY UPDATE
      ), renewed AS (
        UPDATE partitions AS p SET lease_until = now() + make_interval(secs => $3::float8)
          FROM owned
         WHERE p.partition = owned.partition
        RETURNING p.partition, p.epoch, p.last_seq
      ), free AS (
        SELECT partition FROM partitions
         WHERE owner IS NULL OR (owner <> $1 AND lease_until < now())
         ORDER BY partition
         LIMIT greatest(0, $2::bigint - (SELECT count(*) FROM renewed))
           FOR UPDATE SKIP LOCKED
      ), taken AS (
        UPDATE partitions AS p
           SET owner = $1, epoch = p.epoch + 1, lease_until = now() + make_interval(secs => $3::float8)
          FROM free
         WHERE p.partition = free.partition
        RETURNING p.partition, p.epoch, p.last_seq
      )
      SELECT partition, epoch, last_seq AS "lastSeq" FROM renewed
       UNION ALL
      SELECT partition, epoch, last_seq FROM taken
       ORDER BY partition`,
    values: [options.owner, options.want, options.leaseSeconds],
  });
}
