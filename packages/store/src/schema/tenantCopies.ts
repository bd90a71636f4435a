import { bigint, integer, pgTable } from 'drizzle-orm/pg-core';
import { instant } from './columnTypes.js';

/** How much of the history of a tenant that was merged was put into the log again, as that of the one that goes on. */
export const tenantCopies = pgTable('tenant_copies', {
  tenantKey: integer('tenant_key').primaryKey(),
  /** Up to where the history was gone through. */
  scannedSeq: bigint('scanned_seq', { mode: 'number' }).notNull().default(0),
  events: bigint('events', { mode: 'number' }).notNull().default(0),
  finishedAt: instant('finished_at'),
});
