import { sql } from 'drizzle-orm';
import { bigint, integer, pgTable, primaryKey, unique } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

export const users = pgTable(
  'users',
  {
    tenantKey: integer('tenant_key').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    userId: keyText('user_id').notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.userKey] }), unique('users_tenant_key_user_id_unique').on(t.tenantKey, t.userId)],
);
