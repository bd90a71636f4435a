import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/** A tenant's settings, each from the log sequence on at which it was set, so that every partition folds under the same ones. */
export const tenantSettings = pgTable(
  'tenant_settings',
  {
    tenantKey: integer('tenant_key').notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    timezone: text('timezone'),
    tierOrder: text('tier_order').array(),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.logSeq] })],
);
