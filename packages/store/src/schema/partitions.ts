import { bigint, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { instant } from './columnTypes.js';

/** One row a partition, and one for the loop of the teams: its position in the log (`last_seq`), the fence (`epoch`) and the lease. */
export const partitions = pgTable('partitions', {
  partition: smallint('partition').primaryKey(),
  lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
  epoch: bigint('epoch', { mode: 'number' }).notNull().default(0),
  owner: text('owner'),
  leaseUntil: instant('lease_until'),
});
