import { bigint, index, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** Who was merged into whom, each from the log sequence on at which it was said; who goes on may be merged into another later. */
export const userAliases = pgTable(
  'user_aliases',
  {
    tenantKey: integer('tenant_key').notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    alias: keyText('alias').notNull(),
    userId: keyText('user_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.alias] }), index('user_aliases_log_seq').on(t.logSeq)],
);
