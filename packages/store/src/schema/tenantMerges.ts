import { bigint, integer, pgTable } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** Which tenant was merged into which, each from the log sequence on at which it was said; the one that goes on may be merged into another later. */
export const tenantMerges = pgTable('tenant_merges', {
  tenantKey: integer('tenant_key').primaryKey(),
  logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
  at: instant('at').notNull(),
  /** Its id: whoever rebuilds the one need not know the other. */
  intoTenant: keyText('into_tenant').notNull(),
});
