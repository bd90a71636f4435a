import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** The XP ledger: never updated, never deleted; what is taken back is an entry of its own. */
export const xpEntries = pgTable(
  'xp_entries',
  {
    tenantKey: integer('tenant_key').notNull(),
    ordinal: integer('ordinal').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    amount: bigint('amount', { mode: 'number' }).notNull(),
    totalAfter: bigint('total_after', { mode: 'number' }).notNull(),
    occurredAt: instant('occurred_at').notNull(),
    entryId: uuid('entry_id').notNull(),
    reason: text('reason').notNull(),
    slug: keyText('slug'),
    level: keyText('level'),
    period: keyText('period'),
    ruleId: keyText('rule_id'),
    causedBy: text('caused_by').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantKey, t.userKey, t.entryId] }),
    index('xp_entries_user_log_order').on(t.tenantKey, t.userKey, t.logSeq, t.ordinal),
  ],
);
