import { sql } from 'drizzle-orm';
import { bigint, integer, pgTable, primaryKey, smallint, unique } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/**
 * Who has a state: users, teams, and users once more as members of teams. `kind` says which (see `OWNER_KIND`); a name may be taken
 * by one of each.
 */
export const users = pgTable(
  'users',
  {
    tenantKey: integer('tenant_key').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    userId: keyText('user_id').notNull(),
    kind: smallint('kind').notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (t) => [
    primaryKey({ columns: [t.tenantKey, t.userKey] }),
    unique('users_tenant_key_kind_user_id_unique').on(t.tenantKey, t.kind, t.userId),
  ],
);
