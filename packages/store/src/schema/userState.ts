import { bigint, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { bytes } from './columnTypes.js';

/**
 * The truth about a user, packed by the engine. No column but the key is indexed and half of every page is left free,
 * so that an update stays on its page and touches no index.
 */
export const userState = pgTable(
  'user_state',
  {
    tenantKey: integer('tenant_key').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull(),
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull(),
    state: bytes('state').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.userKey] })],
);
