import { asc } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { partitions } from '../schema/partitions.js';

export interface PartitionPosition {
  partition: number;
  lastSeq: number;
  epoch: number;
  owner: string | null;
  /** Epoch milliseconds of the database's clock. */
  leaseUntil: number | null;
}

/** Every partition of the installation, whoever owns it. */
export async function partitionPositions(db: Queryable): Promise<PartitionPosition[]> {
  return withOrm(db, (orm) => orm.select().from(partitions).orderBy(asc(partitions.partition)));
}
