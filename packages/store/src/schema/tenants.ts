import { sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** `timezone` and `tier_order` are the newest settings; `tenant_settings` holds them by place in the log. Null means the default. */
export const tenants = pgTable('tenants', {
  tenantKey: integer('tenant_key').primaryKey().generatedAlwaysAsIdentity(),
  tenantId: keyText('tenant_id').notNull().unique(),
  timezone: text('timezone'),
  tierOrder: text('tier_order').array(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});
