import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columnTypes.js';

/** Who did what by hand, to whom and why. */
export const audit = pgTable(
  'audit',
  {
    tenantKey: integer('tenant_key').notNull(),
    auditId: uuid('audit_id').notNull().default(sql`gen_random_uuid()`),
    at: instant('at').notNull().default(sql`now()`),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: jsonb('subject').$type<unknown>().notNull(),
    reason: text('reason'),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.auditId] }), index('audit_newest').on(t.tenantKey, t.at, t.auditId)],
);
